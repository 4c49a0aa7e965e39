import { useState } from 'preact/hooks';
import { ask, get, post, type Expert } from '../api';
import { decimal, plural } from '../format';
import { useEvents } from '../live';
import { useAction, useLoad, usePages } from '../load';
import { link, refine } from '../route';
import type { ScreenProps } from '../app';
import { Said } from '../said';
import { Badge, Button, Dialog, Empty, Field, HealthMark, More, needs, Panel, Screen, Scroll, Search, Show, Trouble, useMay } from '../ui';

interface Tool {
  id: string;
  server: string;
  description: string;
  schema: Schema;
}

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  description?: string;
  default?: unknown;
}

const asTool = (expert: Expert): Tool => ({
  id: expert.id,
  server: expert.server ?? '',
  description: expert.description ?? '',
  schema: (expert.schema ?? {}) as Schema,
});

export function Tools({ route }: ScreenProps) {
  const q = route.query.get('q') ?? '';
  const tools = usePages('tools', (after, signal) => get('/v1/experts', { query: { kind: 'tool', limit: 200, ...(after ? { after } : {}) }, signal }));
  useEvents(['health', 'change'], tools.refresh);
  const found = useLoad(q, (signal) => (q ? post('/v1/tools/search', { body: { request: q, limit: 10 }, signal }) : Promise.resolve(undefined)));
  const [trying, setTrying] = useState<Tool>();
  const open = route.query.get('open');
  return (
    <Screen title="Tools" lead="Every tool of every MCP server is an expert. Found by what is to be done.">
      {trying && <Try tool={trying} close={() => setTrying(undefined)} />}
      <div class="stack">
        <Panel title="Find a tool">
          <div class="filters" role="search"><Search label="What is to be done: convert 26 miles to kilometres" value={q} change={(now) => refine(route, { q: now })} /></div>
          {q && (
            <Show of={found} height="8rem">
              {(result) =>
                result &&
                (result.data.length === 0 ? (
                  <Empty title="No tool fits"><p>{result.searched} tools were searched.</p></Empty>
                ) : (
                  <>
                    <Scroll label="Tools found">
                      <table>
                        <thead><tr><th>Tool</th><th>Server</th><th>Description</th><th class="num">Score</th><th>Made of</th><th /></tr></thead>
                        <tbody>
                          {result.data.map((tool) => (
                            <tr key={tool.id}>
                              <td class="nowrap"><a href={link('experts', tool.id)}><b>{tool.id}</b></a></td>
                              <td>{tool.server}</td>
                              <td class="grow" title={tool.description}>{tool.description}</td>
                              <td class="num">{decimal(tool.score)}</td>
                              <td class="muted small nowrap" title={madeOf(tool.why).join(', ')}>{madeOf(tool.why).slice(0, 2).join(', ')}</td>
                              <td><Button onClick={() => setTrying({ id: tool.id, server: tool.server, description: tool.description, schema: (tool.schema ?? {}) as Schema })}>Try</Button></td>
                            </tr>
                          ))}
                        </tbody>
                      </table>
                    </Scroll>
                    <p class="muted small">{result.searched} tools were searched. Scores can be compared within one search only.</p>
                  </>
                ))
              }
            </Show>
          )}
        </Panel>
        <Reviews />
        <Show of={tools.first} height="20rem">
          {({ data }) => {
            const servers = new Map<string, Expert[]>();
            for (const expert of data) servers.set(expert.server ?? '', [...(servers.get(expert.server ?? '') ?? []), expert]);
            if (servers.size === 0) return <Panel><Empty title="No tool is registered"><p>Declare MCP servers under <code>servers</code> in experts.yaml; their tools come by themselves.</p></Empty></Panel>;
            const panels = [...servers].map(([server, mine]) => {
              const down = mine.filter((expert) => expert.health?.status === 'down').length;
              const all = open === server || mine.length <= 8;
              return (
                <Panel
                  key={server}
                  title={server}
                  hint={plural(mine.length, 'tool')}
                  actions={<HealthMark status={down === mine.length ? 'down' : down ? 'degraded' : (mine[0]!.health?.status ?? 'unknown')} {...(mine[0]!.health?.reason ? { reason: mine[0]!.health.reason } : {})} />}
                >
                  <Scroll label={`Tools of ${server}`}>
                    <table>
                      <tbody>
                        {(all ? mine : mine.slice(0, 8)).map((expert) => (
                          <tr key={expert.id}>
                            <td class="nowrap"><a href={link('experts', expert.id)}><b>{expert.id}</b></a></td>
                            <td class="grow muted" title={expert.description ?? ''}>{expert.description}</td>
                            <td><Badge>{plural(Object.keys(asTool(expert).schema.properties ?? {}).length, 'argument')}</Badge></td>
                            <td class="right"><Button onClick={() => setTrying(asTool(expert))}>Try</Button></td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </Scroll>
                  {mine.length > 8 && <Button kind="quiet" onClick={() => refine(route, { open: all ? undefined : server })}>{all ? 'Fewer' : `All ${mine.length}`}</Button>}
                </Panel>
              );
            });
            return tools.next ? [...panels, <More key="" shown={data.length} total={tools.total} next={tools.next} text="More" older={tools.older} trouble={tools.trouble} />] : panels;
          }}
        </Show>
      </div>
    </Screen>
  );
}

/** Tools of pinned servers that say something else than was approved; they wait for a yes. */
function Reviews() {
  const may = useMay('change');
  const tools = usePages('reviews', (after, signal) => get('/v1/tools', { query: { waiting: true, limit: 20, ...(after ? { after } : {}) }, signal }));
  useEvents(['change', 'health'], tools.refresh);
  const approve = useAction(async (id: string, fingerprint: string) => {
    await post('/v1/tools/{id}/approve', { id, body: { fingerprint } });
    tools.refresh();
  });
  const waiting = tools.all;
  if (waiting.length === 0) return <Trouble error={tools.trouble} again={tools.refresh} />;
  return (
    <Panel title="To be approved" hint="what these tools say of themselves is not what was approved">
      <Trouble error={approve.error} />
      {waiting.map((tool) => (
        <article key={tool.id} class="reply">
          <header>
            <b>{tool.id}</b>
            <Badge tone={tool.withheld ? 'warn' : 'plain'}>{tool.withheld ? 'withheld' : tool.state}</Badge>
            <span class="muted small">{tool.server}</span>
            <Button why={may ? undefined : needs('operator or admin')} disabled={approve.busy} onClick={() => approve.run(tool.id, tool.fingerprint)}>Approve</Button>
          </header>
          <div class="diff" tabIndex={0} role="region" aria-label={`What ${tool.id} says`}>
            <div><h3>Was approved</h3><p class="said">{tool.approved_definition?.description ?? 'nothing yet'}</p></div>
            <div><h3>Says now</h3><p class="said">{tool.definition.description}</p></div>
          </div>
        </article>
      ))}
      {tools.next && <More shown={waiting.length} next={tools.next} text="More" older={tools.older} trouble={tools.trouble} />}
    </Panel>
  );
}

/** What a score is made of, the most first. */
const madeOf = (why: Record<string, number>): string[] =>
  Object.entries(why)
    .filter(([, value]) => value !== 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${decimal(value)}`);

const typeOf = (schema: Schema): string => (Array.isArray(schema.type) ? (schema.type.find((each) => each !== 'null') ?? 'string') : (schema.type ?? 'string'));

/** A form from a tool's schema; what is neither text, number, choice nor yes-or-no is given as JSON. */
function Try({ tool, close }: { tool: Tool; close: () => void }) {
  const may = useMay('ask');
  const fields = Object.entries(tool.schema.properties ?? {});
  const needed = new Set(tool.schema.required ?? []);
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.filter(([, schema]) => schema.default !== undefined && schema.default !== null).map(([name, schema]) => [name, typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)])),
  );
  const [text, setText] = useState<string>();
  const [decision, setDecision] = useState<string | null>(null);
  const call = useAction(async () => {
    setText(undefined);
    const given: Record<string, unknown> = {};
    for (const [name, schema] of fields) {
      const value = values[name];
      if (value === undefined || value === '') continue;
      const type = typeOf(schema);
      if (type === 'string') given[name] = value;
      else {
        try {
          given[name] = JSON.parse(value);
        } catch {
          throw new Error(`'${name}' must be ${type === 'number' || type === 'integer' ? 'a number' : `JSON (${type})`}.`);
        }
      }
    }
    let said = '';
    const found = await ask(
      { model: tool.id, messages: [{ role: 'user', content: JSON.stringify(given) }], stream: true },
      (chunk) => {
        if (chunk.error) throw new Error(chunk.error);
        said += chunk.text ?? '';
      },
      AbortSignal.timeout(60_000),
    );
    setText(said);
    setDecision(found.decision);
  });
  return (
    <Dialog wide title={`Try ${tool.id}`} close={close}>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); call.run(); }}>
        <p class="muted said">{tool.description}</p>
        {fields.length === 0 && <p class="muted">It takes no arguments.</p>}
        <div class="form">
          {fields.map(([name, schema]) => {
            const type = typeOf(schema);
            const set = (value: string) => setValues((before) => ({ ...before, [name]: value }));
            return (
              <Field key={name} label={name + (needed.has(name) ? '' : ' (optional)')} hint={schema.description}>
                {(id, described) =>
                  schema.enum || type === 'boolean' ? (
                    <select id={id} aria-describedby={described} required={needed.has(name)} value={values[name] ?? ''} onChange={(event) => set(event.currentTarget.value)}>
                      <option value="">–</option>
                      {(schema.enum ?? [true, false]).map((each) => <option key={String(each)} value={String(each)}>{String(each)}</option>)}
                    </select>
                  ) : type === 'object' || type === 'array' ? (
                    <textarea id={id} class="mono" rows={3} aria-describedby={described} required={needed.has(name)} placeholder={type === 'array' ? '[]' : '{}'} value={values[name] ?? ''} onInput={(event) => set(event.currentTarget.value)} />
                  ) : (
                    <input id={id} aria-describedby={described} required={needed.has(name)} inputMode={type === 'string' ? undefined : 'decimal'} value={values[name] ?? ''} onInput={(event) => set(event.currentTarget.value)} />
                  )
                }
              </Field>
            );
          })}
        </div>
        <Trouble error={call.error} />
        <div class="actions">
          <Button kind="main" type="submit" why={may ? undefined : needs('user, operator or admin')} disabled={call.busy}>Call it</Button>
          {decision && <a href={link('decisions', decision)}>the decision</a>}
        </div>
        <div class="answer" aria-live="polite" aria-busy={call.busy}>{text !== undefined ? <Said text={text} /> : <span class="muted">{call.busy ? 'Calling …' : 'What it says comes here.'}</span>}</div>
      </form>
    </Dialog>
  );
}
