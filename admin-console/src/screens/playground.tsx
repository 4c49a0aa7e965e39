import { useRef, useState } from 'preact/hooks';
import { ask, get, post, Refusal, type Chunk, type Decision, type Schemas } from '../api';
import { PlanGraph } from '../charts';
import { count, ms, p, usd } from '../format';
import { useLoad } from '../load';
import { link } from '../route';
import type { ScreenProps } from '../app';
import { Said } from '../said';
import { Badge, Button, Copy, Dialog, Field, Panel, Screen, Scroll, Search, Tabs, Trouble, useMay } from '../ui';
import { ContrastView, Forecasts, Reply } from './decision';

interface Column {
  expert: string;
  text: string;
  state: 'waiting' | 'streaming' | 'done' | 'failed';
  note: string;
  millis?: number;
  decision?: string | null;
}

/** More experts than this are found by typing, not by scrolling; of buttons, more than these. */
const atOnce = 200;
const most = 40;

export function Playground({ route }: ScreenProps) {
  const models = useLoad('models', (signal) => get('/v1/models', { query: { limit: atOnce }, signal }));
  const all = models.data?.data ?? [];
  const policies = all.filter((model) => model.owned_by === 'consilium').map((model) => model.id);
  const experts = all.filter((model) => model.owned_by !== 'consilium').map((model) => model.id);
  const many = models.data?.has_more ?? false;
  const [sought, setSought] = useState('');
  const searched = useLoad(sought, (signal) => (sought ? get('/v1/models', { query: { q: sought, limit: atOnce }, signal }) : Promise.resolve(undefined)));
  const [question, setQuestion] = useState(route.query.get('q') ?? '');
  const [model, setModel] = useState(route.query.get('model') ?? 'consilium/auto');
  const [system, setSystem] = useState('');
  const [budget, setBudget] = useState('');
  const [minimum, setMinimum] = useState('');
  const [pins, setPins] = useState<string[]>([]);
  const [compared, setCompared] = useState<string[]>([]);
  const [aggregator, setAggregator] = useState('');
  const [code, setCode] = useState(false);
  const looks = useMay('change');

  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Error>();
  const [text, setText] = useState('');
  const [progress, setProgress] = useState<{ expert: string; progress: string }[]>([]);
  const [extension, setExtension] = useState<Schemas['Extension']>();
  const [decision, setDecision] = useState<Decision>();
  const [foreseen, setForeseen] = useState<Decision['route']['plan']>();
  const [decisionId, setDecisionId] = useState<string | null>(null);
  const [columns, setColumns] = useState<Column[]>([]);
  const running = useRef<AbortController | undefined>(undefined);

  const found = searched.data ? searched.data.data.filter((each) => each.owned_by !== 'consilium').map((each) => each.id) : experts;
  // whoever was chosen stays, found or not
  const listed = found.includes(model) || policies.includes(model) || model === 'consilium/auto' ? found : [model, ...found];

  const wishes: NonNullable<Schemas['Wishes']> = {
    explain: true,
    ...(budget ? { budget_usd: Number(budget) } : {}),
    ...(minimum ? { minimum: Number(minimum) } : {}),
    ...(pins.length ? { pin: pins } : {}),
    ...(aggregator ? { aggregator } : {}),
  };
  const body = (of: string, more: NonNullable<Schemas['Wishes']>): Schemas['ChatRequest'] => ({
    model: of,
    messages: [
      ...(system.trim() ? [{ role: 'system' as const, content: system }] : []),
      { role: 'user' as const, content: question },
    ],
    stream: true,
    consilium: more,
  });

  const change = (expert: string, next: (before: Column) => Column) =>
    setColumns((before) => before.map((column) => (column.expert === expert ? next(column) : column)));

  async function single(expert: string, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    try {
      const found = await ask(
        body(expert, budget ? { budget_usd: Number(budget) } : {}),
        (chunk) => {
          if (chunk.text) change(expert, (before) => ({ ...before, state: 'streaming', text: before.text + chunk.text }));
          if (chunk.error) change(expert, (before) => ({ ...before, state: 'failed', note: chunk.error! }));
        },
        signal,
      );
      change(expert, (before) => ({ ...before, state: before.state === 'failed' ? 'failed' : 'done', millis: performance.now() - began, decision: found.decision }));
    } catch (error) {
      if (!signal.aborted) change(expert, (before) => ({ ...before, state: 'failed', note: (error as Error).message, millis: performance.now() - began }));
    }
  }

  async function whole(signal: AbortSignal): Promise<void> {
    const heard = (chunk: Chunk) => {
      if (chunk.text) setText((before) => before + chunk.text);
      if (chunk.progress) setProgress((before) => [...before, chunk.progress!]);
      if (chunk.extension) setExtension(chunk.extension);
      if (chunk.error) setTrouble(new Error(chunk.error));
    };
    // the same question decided without asking anybody: drawn until the plan that ran is known
    const { stream: _, ...question } = body(model, wishes);
    void post('/v1/route', { body: question, signal }).then((route) => setForeseen(route.plan), () => undefined);
    const found = await ask(body(model, { ...wishes, contrast: true }), heard, signal);
    setDecisionId(found.decision);
    // what everyone said stands in the decision, for those who may look
    if (found.decision && looks) setDecision(await get('/v1/decisions/{id}', { id: found.decision, signal }));
  }

  function run(): void {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setBusy(true);
    setTrouble(undefined);
    setText('');
    setProgress([]);
    setExtension(undefined);
    setDecision(undefined);
    setForeseen(undefined);
    setDecisionId(null);
    setColumns(compared.map((expert) => ({ expert, text: '', state: 'waiting', note: '' })));
    void Promise.all([
      whole(mine.signal).catch((error: Error) => {
        if (!mine.signal.aborted) setTrouble(error);
      }),
      ...compared.map((expert) => single(expert, mine.signal)),
    ]).finally(() => running.current === mine && setBusy(false));
  }

  const plan = decision?.route.plan ?? extension?.plan ?? foreseen;
  const done = progress.map((each): Decision['replies'][number] => ({
    expert: each.expert,
    version: 1,
    p: null,
    millis: 0,
    usage: null,
    usd: 0,
    failure: each.progress === 'answered' ? null : { kind: 'UNAVAILABLE', message: each.progress },
    text: null,
  }));
  const abstained = plan?.type === 'abstain';
  const toggle = (list: string[], set: (to: string[]) => void, id: string) =>
    set(list.includes(id) ? list.filter((each) => each !== id) : [...list, id]);

  return (
    <Screen title="Playground" lead="Ask, see who is asked and why, and compare.">
      <div class="grid">
        <Panel class="third start">
          <form class="stack" onSubmit={(event) => { event.preventDefault(); run(); }}>
            <Field label="Question">
              {(id) => (
                <textarea
                  id={id}
                  rows={5}
                  required
                  placeholder="What is 17.5 % of 2,340 EUR?"
                  value={question}
                  onInput={(event) => setQuestion(event.currentTarget.value)}
                  onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && question.trim()) run(); }}
                />
              )}
            </Field>
            {many && (
              <Field label="Find an expert" hint={`the list below shows ${count(atOnce)} at most`}>
                {(id, described) => <input id={id} type="search" aria-describedby={described} value={sought} onInput={(event) => setSought(event.currentTarget.value)} />}
              </Field>
            )}
            <Field label="Who answers" hint="a policy chooses; an expert is asked by its name">
              {(id, described) => (
                <select id={id} value={model} aria-describedby={described} onChange={(event) => setModel(event.currentTarget.value)}>
                  <optgroup label="Policies">
                    {(policies.length ? policies : ['consilium/auto']).map((each) => <option key={each} value={each}>{each}</option>)}
                  </optgroup>
                  <optgroup label="Experts">
                    {listed.map((id) => <option key={id} value={id}>{id}</option>)}
                  </optgroup>
                </select>
              )}
            </Field>
            <details open={compared.length > 0}>
              <summary>Ask side by side{compared.length > 0 && ` (${compared.length})`}</summary>
              <Choose of={experts} many={many} chosen={compared} toggle={(id) => toggle(compared, setCompared, id)} />
            </details>
            <details open={pins.length > 0 || budget !== '' || minimum !== '' || system !== '' || aggregator !== ''}>
              <summary>Wishes</summary>
              <div class="stack">
                <Field label="At most, in US dollars">{(id) => <input id={id} inputMode="decimal" placeholder="no limit" value={budget} onInput={(event) => setBudget(event.currentTarget.value)} />}</Field>
                <Field label="Least P(correct)" hint="below it nobody answers; 0 to 1">{(id, described) => <input id={id} inputMode="decimal" placeholder="as the policy says" aria-describedby={described} value={minimum} onInput={(event) => setMinimum(event.currentTarget.value)} />}</Field>
                <Field label="Fused by" hint="where several are asked">{(id, described) => <input id={id} placeholder="weighted_vote, majority_vote, synthesis:EXPERT" aria-describedby={described} value={aggregator} onInput={(event) => setAggregator(event.currentTarget.value)} />}</Field>
                <Field label="System prompt">{(id) => <textarea id={id} rows={2} value={system} onInput={(event) => setSystem(event.currentTarget.value)} />}</Field>
                <div>
                  <span class="muted">Only these experts</span>
                  <Choose of={experts} many={many} chosen={pins} toggle={(id) => toggle(pins, setPins, id)} />
                </div>
              </div>
            </details>
            <div class="actions">
              <Button kind="main" type="submit" disabled={!question.trim()}>{busy ? 'Ask anew' : 'Ask'}</Button>
              {busy && <Button onClick={() => { running.current?.abort(); setBusy(false); }}>Stop</Button>}
              <Button kind="quiet" onClick={() => setCode(true)}>Copy as code</Button>
            </div>
            <p class="muted small">Ctrl + Enter asks.</p>
          </form>
        </Panel>
        <div class="two-thirds stack">
          <Panel title="Answer" actions={decisionId && looks ? <a href={link('decisions', decisionId)}>the decision</a> : undefined}>
            <div class="answer" aria-live="polite" aria-busy={busy}>
              {text ? <Said text={text} /> : <span class="muted">{busy ? 'Waiting for the first word …' : 'The answer comes here.'}</span>}
            </div>
            {abstained && <p class="note warn">Nobody was likely enough to be right, so nobody answered.</p>}
            {trouble && <Trouble error={trouble} />}
            {trouble instanceof Refusal && trouble.status === 403 && <p class="muted">Sign in with a key that may ask.</p>}
            {progress.length > 0 && (
              <div class="badges" aria-label="Experts that are done">
                {progress.map((each, i) => <Badge key={i} tone={each.progress === 'answered' ? 'good' : 'warn'}>{each.expert} {each.progress}</Badge>)}
              </div>
            )}
            {decision && (
              <p class="muted small">
                {ms(decision.millis)}, of it {ms(decision.overheadMillis)} our own · {usd(decision.usd)} · policy {decision.policy} · {decision.route.why}
              </p>
            )}
          </Panel>
          {columns.length > 0 && (
            <Panel title="Side by side">
              <div class="columns">
                {columns.map((column) => (
                  <article key={column.expert} class={'reply' + (column.state === 'failed' ? ' failed' : '')}>
                    <header>
                      <b>{column.expert}</b>
                      <span class="muted small">{column.millis === undefined ? column.state : ms(column.millis)}</span>
                      {column.decision && looks && <a class="small" href={link('decisions', column.decision)}>decision</a>}
                    </header>
                    <div tabIndex={0} role="region" aria-label={`Reply of ${column.expert}`} aria-busy={column.state === 'streaming'}>
                      {column.state === 'failed' ? <p class="error-text">{column.note}</p> : <Said text={column.text} />}
                    </div>
                  </article>
                ))}
              </div>
            </Panel>
          )}
          {plan && (
            <Panel title="Plan" hint={decision?.route.why ?? extension?.why ?? 'as foreseen, while it runs'}>
              <Scroll label="Plan"><PlanGraph plan={plan} {...(decision ? { replies: decision.replies, failed: decision.failure !== null } : { replies: done, running: true })} /></Scroll>
            </Panel>
          )}
          {decision && decision.replies.length > 1 && (
            <Panel title="Who contributed">
              <div class="columns">
                {decision.replies.map((reply, i) => <Reply key={i} reply={reply} given={!reply.failure && reply.text === decision.answer} />)}
              </div>
            </Panel>
          )}
          {extension?.contrast && decision && decision.replies.length > 1 && <Panel title="Contrast"><ContrastView contrast={extension.contrast} /></Panel>}
          {decision && <Forecasts forecasts={decision.route.forecasts} excluded={decision.route.excluded} asked={new Set(decision.replies.map((reply) => reply.expert))} />}
          {!decision && extension?.candidates && (
            <Panel title="Forecasts">
              <ul>{extension.candidates.slice(0, 8).map((each) => <li key={each.expert}>{each.expert} <span class="muted">{p(each.p)}</span></li>)}</ul>
            </Panel>
          )}
        </div>
      </div>
      {code && <Code body={body(model, wishes)} close={() => setCode(false)} />}
    </Screen>
  );
}

function Choose(props: { of: string[]; many: boolean; chosen: string[]; toggle: (id: string) => void }) {
  const [q, setQ] = useState('');
  const searched = useLoad(q, (signal) => (props.many && q ? get('/v1/models', { query: { q, limit: most }, signal }) : Promise.resolve(undefined)));
  const found = (searched.data ? searched.data.data.filter((each) => each.owned_by !== 'consilium').map((each) => each.id) : props.of.filter((id) => id.includes(q))).slice(0, most);
  return (
    <div class="stack">
      {(props.many || props.of.length > 12) && <Search label="Find an expert" value={q} change={setQ} />}
      <div class="badges">
        {[...props.chosen.filter((id) => !found.includes(id)), ...found].map((id) => (
          <Button key={id} aria-pressed={props.chosen.includes(id)} onClick={() => props.toggle(id)}>{id}</Button>
        ))}
      </div>
    </div>
  );
}

const tongues = ['curl', 'Java', 'Python', 'TypeScript'] as const;

function Code(props: { body: Schemas['ChatRequest']; close: () => void }) {
  const [tongue, set] = useState<(typeof tongues)[number]>('curl');
  const { stream: _, ...rest } = props.body;
  const { consilium, ...plain } = rest;
  const base = location.origin + location.pathname.replace(/\/$/, '');
  const shell = (text: string) => text.replaceAll("'", "'\\''");
  const literal = (value: unknown) => JSON.stringify(value);
  const text: Record<(typeof tongues)[number], string> = {
    curl: `curl -s ${base}/v1/chat/completions \\\n  -H 'content-type: application/json' \\\n  -H "authorization: Bearer $CONSILIUM_KEY" \\\n  -d '${shell(JSON.stringify(rest, null, 2))}'`,
    Java: `var client = OpenAIOkHttpClient.builder()\n    .baseUrl(${literal(base + '/v1')})\n    .apiKey(System.getenv("CONSILIUM_KEY"))\n    .build();\nvar answer = client.chat().completions().create(\n    ChatCompletionCreateParams.builder()\n        .model(${literal(plain.model)})\n${plain.messages
      .map((message) => `        .${message.role === 'system' ? 'addSystemMessage' : 'addUserMessage'}(${literal(message['content'])})\n`)
      .join('')}        .putAdditionalBodyProperty("consilium", JsonValue.from(new ObjectMapper().readTree(${literal(JSON.stringify(consilium))})))\n        .build());\nSystem.out.println(answer.choices().getFirst().message().content().orElse(""));`,
    Python: `import json, os\nfrom openai import OpenAI\n\nclient = OpenAI(base_url=${literal(base + '/v1')}, api_key=os.environ["CONSILIUM_KEY"])\nanswer = client.chat.completions.create(\n    model=${literal(plain.model)},\n    messages=json.loads(${literal(JSON.stringify(plain.messages))}),\n    extra_body={"consilium": json.loads(${literal(JSON.stringify(consilium))})},\n)\nprint(answer.choices[0].message.content)`,
    TypeScript: `import OpenAI from 'openai';\n\nconst client = new OpenAI({ baseURL: ${literal(base + '/v1')}, apiKey: process.env.CONSILIUM_KEY });\nconst answer = await client.chat.completions.create({\n  model: ${literal(plain.model)},\n  messages: ${literal(plain.messages)},\n  // @ts-expect-error a field of Consilium's own\n  consilium: ${literal(consilium)},\n});\nconsole.log(answer.choices[0]?.message.content);`,
  };
  return (
    <Dialog wide title="The same question from a program" close={props.close}>
      <div class="stack">
        <Tabs label="Language" tabs={tongues.map((each) => [each, each] as const)} open={tongue} change={set}>
          <pre tabIndex={0}>{text[tongue]}</pre>
        </Tabs>
        <div class="actions"><Copy text={text[tongue]} /><span class="muted small">On this machine the key may be anything but empty where the service needs none: leave the header out with curl.</span></div>
      </div>
    </Dialog>
  );
}
