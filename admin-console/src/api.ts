// The one client of the API. Paths, parameters and bodies are checked against the OpenAPI document.
import type { components, paths } from './generated/api';

export type Schemas = components['schemas'];
export type Decision = Schemas['Decision'];
export type Expert = Schemas['Expert'];
export type Job = Schemas['Job'];
export type Plan = Schemas['Plan'];
export type Role = NonNullable<Schemas['Session']['role']>;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type With<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Json<R> = R extends { content: { 'application/json': infer J } } ? J : never;
type Ok<O> = O extends { responses: infer R }
  ? Json<R[keyof R & (200 | 201 | 202)]>
  : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type Body<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;

/** What the service answered instead, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly parameter?: string,
  ) {
    super(message);
  }
}

/** The service could not be reached at all. */
export class Unreachable extends Error {
  constructor() {
    super('The service cannot be reached. This page tries again by itself.');
  }
}

interface Options<O> {
  id?: string;
  query?: Query<O>;
  body?: Body<O>;
  signal?: AbortSignal;
}

export const url = (path: string, id?: string, query?: object): string => {
  const filled = id === undefined ? path : path.replace('{id}', encodeURIComponent(id).replaceAll('%2F', '/'));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return '.' + filled + (text ? '?' + text : '');
};

const signedOut = new Set<() => void>();

/** Hears when the service no longer knows who is asking. */
export const onSignedOut = (listener: () => void): void => void signedOut.add(listener);

export async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable();
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    if (response.status === 401 && !path.startsWith('./v1/session')) signedOut.forEach((each) => each());
    throw new Refusal(
      response.status,
      said.detail ?? said.error?.message ?? `The service answered ${response.status}.`,
      said.parameter ?? said.error?.param,
    );
  }
  return response;
}

async function call(method: Method, path: string, options: Options<never> = {}): Promise<unknown> {
  const init: RequestInit = { method: method.toUpperCase() };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.headers = { 'Content-Type': 'application/json' };
    init.body = JSON.stringify(options.body);
  }
  return (await send(url(path, options.id, options.query), init)).json();
}

export const get = <P extends With<'get'>>(path: P, options?: Options<Operation<P, 'get'>>) =>
  call('get', path, options as Options<never>) as Promise<Ok<Operation<P, 'get'>>>;
export const post = <P extends With<'post'>>(path: P, options: Options<Operation<P, 'post'>>) =>
  call('post', path, options as Options<never>) as Promise<Ok<Operation<P, 'post'>>>;
export const put = <P extends With<'put'>>(path: P, options: Options<Operation<P, 'put'>>) =>
  call('put', path, options as Options<never>) as Promise<Ok<Operation<P, 'put'>>>;
export const patch = <P extends With<'patch'>>(path: P, options: Options<Operation<P, 'patch'>>) =>
  call('patch', path, options as Options<never>) as Promise<Ok<Operation<P, 'patch'>>>;
export const remove = <P extends With<'delete'>>(path: P, options?: Options<Operation<P, 'delete'>>) =>
  call('delete', path, options as Options<never>) as Promise<Ok<Operation<P, 'delete'>>>;

export interface Chunk {
  text?: string;
  reasoning?: string;
  progress?: { expert: string; progress: string };
  extension?: Schemas['Extension'];
  error?: string;
}

/** Asks, and hands on what comes as it comes. Resolves with the headers' decision id. */
export async function ask(
  body: Schemas['ChatRequest'],
  heard: (chunk: Chunk) => void,
  signal: AbortSignal,
): Promise<{ decision: string | null; plan: string | null }> {
  const response = await send('./v1/chat/completions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const found = {
    decision: response.headers.get('x-consilium-decision'),
    plan: response.headers.get('x-consilium-plan'),
  };
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach((line) => hear(line.replace(/\r$/, ''), heard));
  }
  return found;
}

function hear(line: string, heard: (chunk: Chunk) => void): void {
  if (line.startsWith(': consilium ')) {
    heard({ progress: JSON.parse(line.slice(': consilium '.length)) });
    return;
  }
  if (!line.startsWith('data: {')) return;
  const event = JSON.parse(line.slice('data: '.length));
  if (event.error) heard({ error: event.error.message });
  if (event.consilium) heard({ extension: event.consilium });
  const delta = event.choices?.[0]?.delta;
  if (delta?.content) heard({ text: delta.content });
  if (delta?.refusal) heard({ text: delta.refusal });
  if (delta?.reasoning_content) heard({ reasoning: delta.reasoning_content });
}
