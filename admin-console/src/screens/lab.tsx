import { useMemo, useRef, useState } from 'preact/hooks';
import { get, post, remove, type Job, type Schemas } from '../api';
import { count, decimal, plural, share, usd } from '../format';
import { useAction, useLoad, usePages, useTicking } from '../load';
import { refine } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Copy, Empty, Field, More, needs, Panel, Progress, Screen, Scroll, Search, Show, Trouble, useMay } from '../ui';

type Asked = Schemas['ReplayAsked'];
type Result = Schemas['ReplayResult'];

const over = new Set<Job['state']>(['done', 'failed', 'cancelled', 'interrupted']);

/** What was played, in few words. */
function named({ policy, registered, added }: Pick<Asked, 'policy' | 'registered' | 'added'>): string {
  const whom = added?.length ? [`with ${added.join(', ')}`] : registered ? ['of those registered'] : [];
  return [policyName(policy), ...whom].join(', ');
}

function policyName(policy: unknown): string {
  if (policy === undefined || policy === null) return 'balanced';
  if (typeof policy === 'string') return policy;
  const { policy: preset, exclude, pin, ...rest } = policy as Record<string, unknown>;
  const parts = [String(preset ?? 'balanced')];
  if (Array.isArray(exclude) && exclude.length) parts.push(`without ${exclude.join(', ')}`);
  if (Array.isArray(pin) && pin.length) parts.push(`only ${pin.join(', ')}`);
  for (const [name, value] of Object.entries(rest)) parts.push(`${name} ${String(value)}`);
  return parts.join(', ');
}

export interface Point {
  name: string;
  kind: 'policy' | 'oracle' | 'random' | 'best';
  accuracy: number;
  usd: number;
  calls: number;
  abstained: number;
}

const narrowed = (job: Job): number => {
  const policy = (job.asked as Asked).policy as { exclude?: string[]; pin?: string[] } | string | undefined;
  const { registered, added } = job.asked as Asked;
  return (registered ? 1 / (1 + (added?.length ?? 0)) : 0) + (typeof policy === 'object' ? (policy.exclude?.length ?? 0) + (policy.pin?.length ?? 0) : 0);
};

/** A point for each replay; the oracle, chance and the best single one as they are with everybody there. */
function points(jobs: Job[]): Point[] {
  const all: Point[] = [];
  const widest = [...jobs].sort((a, b) => narrowed(a) - narrowed(b))[0];
  const fixed: Record<string, [string, Point['kind']]> = { oracle: ['oracle', 'oracle'], random: ['random', 'random'], best_single: ['best single', 'best'] };
  jobs.forEach((job) => {
    for (const line of (job.result as Result).lines) {
      const known = fixed[line.name];
      if (known && job !== widest) continue;
      all.push({
        name: known ? known[0] : named(job.asked as Asked),
        kind: known ? known[1] : 'policy',
        accuracy: line.accuracy,
        usd: line.usd ?? 0,
        calls: line.calls,
        abstained: line.abstained,
      });
    }
  });
  return all;
}

export function Lab({ route }: ScreenProps) {
  const may = useMay('change');
  const why = may ? undefined : needs('operator or admin');
  const jobs = usePages('jobs', (after, signal) => get('/v1/jobs', { query: { kind: 'replay', limit: 25, ...(after ? { after } : {}) }, signal }));
  const outcomes = useLoad('outcomes', async (signal) => {
    const [everybody, strangers] = await Promise.all([{}, { registered: false }].map((whom) => get('/v1/outcomes', { query: { limit: offered, ...whom }, signal })));
    return { total: everybody!.total, everybody: everybody!, strangers: strangers! };
  });
  const chosenIds = route.query.get('jobs')?.split(',').filter(Boolean);
  // a link may name replays that are older than those listed
  const linked = useLoad(route.query.get('jobs') ?? '', (signal) => Promise.all((chosenIds ?? []).slice(0, 25).map((id) => get('/v1/jobs/{id}', { id, signal }).catch(() => undefined))));
  const replays = jobs.all;
  const running = replays.filter((job) => !over.has(job.state));
  useTicking(running.length > 0, 800, jobs.refresh);
  const listed = new Set(replays.map((job) => job.id));
  const done = [...replays, ...(linked.data ?? []).filter((job) => job !== undefined && job.kind === 'replay' && !listed.has(job.id)) as Job[]].filter((job) => job.state === 'done' && job.result);
  const chosen = useMemo(() => {
    const picked = chosenIds ? done.filter((job) => chosenIds.includes(job.id)) : done.slice(0, 8);
    const first = picked[0]?.result as Result | undefined;
    return picked.filter((job) => {
      const result = job.result as Result;
      return result.test === first?.test && result.train === first.train && result.questions === first.questions;
    });
  }, [JSON.stringify(chosenIds), done.map((job) => job.id).join()]);
  const shown = points(chosen);
  const stop = useAction(async (id: string) => {
    await remove('/v1/jobs/{id}', { id });
    jobs.refresh();
  });
  const pick = (id: string) => {
    const now = chosen.map((job) => job.id);
    const next = now.includes(id) ? now.filter((each) => each !== id) : [...now, id];
    refine(route, { jobs: next.join(',') || undefined });
  };
  return (
    <Screen title="Lab" lead="What would have come out under another policy: played on recorded outcomes, next to the oracle, chance, and the best single expert.">
      <div class="grid">
        <Panel class="third" title="Play policies">
          <Show of={outcomes} height="20rem">
            {({ total, everybody, strangers }) => {
              return !total || total.outcomes === 0 ? (
                <Empty title="No outcomes are on record">
                  <p>A replay needs to know how right which expert was on which question. Import outcomes, or let the service ask questions with known answers:</p>
                  <pre>./consilium evaluate --questions FILE --budget 1</pre>
                </Empty>
              ) : (
                <>
                  <p class="muted">{count(total.outcomes)} outcomes of {plural(total.experts, 'expert')} are on record.</p>
                  <PlayForm why={why} everybody={everybody} strangers={strangers} begun={jobs.refresh} />
                </>
              );
            }}
          </Show>
          <Trouble error={stop.error} />
          {running.map((job) => (
            <div key={job.id} class="stack">
              <Progress value={job.progress} label={`${named(job.asked as Asked)}: ${job.doing || job.state}`} />
              <div class="actions"><Button kind="quiet" why={why} onClick={() => stop.run(job.id)}>Stop it</Button></div>
            </div>
          ))}
        </Panel>
        <Panel class="two-thirds" title="Price and right answers" hint="up and to the left is better">
          {shown.length ? <Plane points={shown} /> : (
            <Empty title="No replay to show"><p>{running.length ? 'The first result comes here.' : 'Play some policies; each becomes a point.'}</p></Empty>
          )}
        </Panel>
        <Panel title="Replays" hint="those played on the same questions can be compared">
          <Show of={jobs.first} height="8rem">
            {() => replays.length === 0 ? <Empty title="Nothing was played yet" /> : (
              <>
              <Scroll label="Replays">
                <table>
                  <thead><tr><th>Shown</th><th>Policy</th><th>When</th><th>State</th><th class="num">Questions</th><th class="num">Right</th><th class="num">Price a question</th><th class="num">Calls</th><th class="num">Abstained</th></tr></thead>
                  <tbody>
                    {replays.map((job) => {
                      const asked = job.asked as Asked;
                      const line = (job.result as Result | undefined)?.lines.find((each) => each.name === 'policy');
                      return (
                        <tr key={job.id}>
                          <td><input type="checkbox" aria-label={`Show ${named(asked)}`} disabled={!line} checked={chosen.some((each) => each.id === job.id)} onChange={() => pick(job.id)} /></td>
                          <td>{named(asked)}</td>
                          <td class="nowrap muted"><At at={job.created} /></td>
                          <td>{job.failure ? <span class="error-text">{job.failure}</span> : <Badge tone={job.state === 'done' ? 'good' : 'plain'}>{job.state}</Badge>}</td>
                          <td class="num">{count(asked.questions)}</td>
                          <td class="num">{line ? share(line.accuracy) : '–'}</td>
                          <td class="num">{line ? usd(line.usd) : '–'}</td>
                          <td class="num">{line ? decimal(line.calls) : '–'}</td>
                          <td class="num">{line ? share(line.abstained) : '–'}</td>
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
              </Scroll>
              <More shown={replays.length} next={jobs.next} text="Older ones" older={jobs.older} trouble={jobs.trouble} />
              </>
            )}
          </Show>
          {chosen.length > 0 && <Categories jobs={chosen} />}
          {chosen[0] && (chosen[0].result as Result).notes.length > 0 && <ul class="muted small">{(chosen[0].result as Result).notes.map((note) => <li key={note}>{note}</li>)}</ul>}
        </Panel>
      </div>
    </Screen>
  );
}

/** Right answers by category: the policies that are shown, next to the best single expert and the oracle. */
function Categories({ jobs }: { jobs: Job[] }) {
  const results = jobs.map((job) => job.result as Result);
  const all = results[0]!.categories ?? [];
  if (all.length < 2) return null;
  const right = (result: Result, category: string, line: string) => result.categories?.find((each) => each.category === category)?.lines.find((each) => each.name === line)?.accuracy;
  return (
    <details>
      <summary>By category ({all.length})</summary>
      <Scroll label="Right answers by category">
        <table>
          <thead>
            <tr><th>Category</th><th class="num">Questions</th>{jobs.map((job) => <th key={job.id} class="num">{named(job.asked as Asked)}</th>)}<th class="num">best single</th><th class="num">oracle</th></tr>
          </thead>
          <tbody>
            {all.map(({ category, questions }) => (
              <tr key={category}>
                <td>{category}</td>
                <td class="num">{count(questions)}</td>
                {[...results.map((result) => right(result, category, 'policy')), right(results[0]!, category, 'best_single'), right(results[0]!, category, 'oracle')].map((value, i) => <td key={i} class="num">{value === undefined ? '–' : share(value)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

const presets = ['economy', 'balanced', 'quality'];

/** So many names are offered at once; the others are found by typing. */
const offered = 100;

type Page = Awaited<ReturnType<typeof get<'/v1/outcomes'>>>;

/** One of the experts on record, chosen from the first of them, or from those the service finds. */
function Recorded(props: { label: string; hint?: string; nobody: [string, string][]; first: Page; registered?: boolean; value: string; change: (value: string) => void }) {
  const [q, setQ] = useState('');
  const found = useLoad(q, (signal) =>
    q ? get('/v1/outcomes', { query: { limit: offered, q, ...(props.registered === undefined ? {} : { registered: props.registered }) }, signal }) : Promise.resolve(undefined),
  );
  const many = props.first.next !== null;
  const counts = (found.data ?? props.first).data.filter((each): each is Schemas['OutcomeCount'] => 'evaluated' in each);
  const names = new Set(counts.map((each) => each.registered ?? each.expert.replace(/@\d+$/, '')));
  if (props.value && !props.nobody.some(([value]) => value === props.value)) names.add(props.value);
  if (!many && names.size === 0 && props.registered === false) return null;
  return (
    <>
      {many && <Search label={`${props.label}: part of its name`} value={q} change={setQ} />}
      <Field label={props.label} hint={props.hint}>
        {(id, described) => (
          <select id={id} value={props.value} aria-describedby={described} onChange={(event) => props.change(event.currentTarget.value)}>
            {props.nobody.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
            {[...names].sort().map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        )}
      </Field>
      <Trouble error={found.error} again={found.reload} />
    </>
  );
}

/** No name of an expert has a star. */
const registeredOnly = '*';

function PlayForm(props: { why: string | undefined; everybody: Page; strangers: Page; begun: () => void }) {
  const [chosen, setChosen] = useState<string[]>(presets);
  const [gone, setGone] = useState('');
  const [added, setAdded] = useState('');
  const [value, setValue] = useState('');
  const [risk, setRisk] = useState('');
  const play = useAction(async () => {
    for (const preset of chosen) {
      const wished = {
        policy: preset,
        ...(gone ? { exclude: [gone] } : {}),
        ...(value ? { value: Number(value) } : {}),
        ...(risk ? { risk: Number(risk) } : {}),
      };
      await post('/v1/replays', {
        body: {
          policy: Object.keys(wished).length === 1 ? preset : wished,
          ...(added === registeredOnly ? { registered: true } : added ? { added: [added] } : {}),
        },
      });
    }
    props.begun();
  });
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); play.run(); }}>
      <div class="actions" role="group" aria-label="Policies">
        {presets.map((preset) => (
          <Button key={preset} aria-pressed={chosen.includes(preset)} onClick={() => setChosen(chosen.includes(preset) ? chosen.filter((each) => each !== preset) : [...chosen, preset])}>{preset}</Button>
        ))}
      </div>
      <Recorded label="What if this expert were gone" nobody={[['', 'everybody is there']]} first={props.everybody} value={gone} change={setGone} />
      <Recorded
        label="What if this one were added"
        hint="to those registered here; it is on record and not registered"
        nobody={[['', 'everybody on record'], [registeredOnly, 'only those registered']]}
        first={props.strangers}
        registered={false}
        value={added}
        change={setAdded}
      />
      <Field label="A right answer is worth" hint="US dollars; as the policy says when empty">
        {(id, described) => <input id={id} inputMode="decimal" aria-describedby={described} value={value} onInput={(event) => setValue(event.currentTarget.value)} />}
      </Field>
      <Field label="At most this share may be wrong" hint="0 to 1; else nobody answers">
        {(id, described) => <input id={id} inputMode="decimal" aria-describedby={described} value={risk} onInput={(event) => setRisk(event.currentTarget.value)} />}
      </Field>
      <Trouble error={play.error} />
      <div class="actions"><Button kind="main" type="submit" why={props.why} disabled={play.busy || chosen.length === 0}>Play {chosen.length > 1 ? `${chosen.length} policies` : 'it'}</Button></div>
    </form>
  );
}

const W = 720;
const H = 380;
const LEFT = 56;
const RIGHT = 130;
const TOP = 16;
const BOTTOM = 44;

function ticks(low: number, high: number): number[] {
  const step = 10 ** Math.floor(Math.log10((high - low) / 4));
  const wide = [1, 2, 5, 10].map((each) => each * step).find((each) => (high - low) / each <= 6)!;
  const all: number[] = [];
  for (let at = Math.ceil(low / wide) * wide; at <= high + wide * 1e-9; at += wide) all.push(at);
  return all;
}

/** The cost–quality plane: what nothing else beats at its price is joined to the frontier. */
function Plane({ points: all }: { points: Point[] }) {
  const picture = useRef<SVGSVGElement>(null);
  const accuracies = all.map((point) => point.accuracy);
  const most = Math.max(...all.map((point) => point.usd));
  const high = most > 0 ? most * 1.12 : 1;
  const low = Math.max(0, Math.min(...accuracies) - 0.05);
  const top = Math.min(1, Math.max(...accuracies) + 0.05);
  const x = (value: number) => LEFT + ((W - LEFT - RIGHT) * value) / high;
  const y = (value: number) => H - BOTTOM - ((H - TOP - BOTTOM) * (value - low)) / (top - low || 1);
  const frontier = all
    .filter((point) => point.kind === 'policy' || point.kind === 'best')
    .sort((a, b) => a.usd - b.usd || b.accuracy - a.accuracy)
    .reduce<Point[]>((kept, point) => (kept.length && kept.at(-1)!.accuracy >= point.accuracy ? kept : [...kept, point]), []);
  // names are kept apart: each takes the first free line at its point
  const taken: { x: number; y: number; w: number }[] = [];
  const placed = [...all].sort((a, b) => b.accuracy - a.accuracy).map((point) => {
    const w = 7 * point.name.length + 12;
    const right = x(point.usd) + 10 + w < W;
    const px = right ? x(point.usd) + 9 : x(point.usd) - 9;
    let py = y(point.accuracy) + 4;
    const hits = () => taken.some((other) => Math.abs(other.y - py) < 13 && Math.abs(other.x - px) < Math.max(other.w, w));
    for (let i = 0; i < 20 && hits(); i++) py += 13;
    taken.push({ x: px, y: py, w });
    return { point, px, py, right };
  });
  const csv = () => ['name,kind,accuracy,usd,calls,abstained', ...all.map((point) => [JSON.stringify(point.name), point.kind, point.accuracy, point.usd, point.calls, point.abstained].join(','))].join('\n');
  return (
    <div class="stack">
      <Scroll label="Price and right answers">
      <svg ref={picture} class="plane" viewBox={`0 0 ${W} ${H}`} role="img" aria-label={all.map((point) => `${point.name}: ${share(point.accuracy)} right for ${usd(point.usd)} a question`).join('; ')}>
        {ticks(low, top).map((at) => (
          <g key={'y' + at}>
            <line class="grid-line" x1={LEFT} x2={W - RIGHT} y1={y(at)} y2={y(at)} />
            <text x={LEFT - 8} y={y(at) + 4} text-anchor="end">{share(at)}</text>
          </g>
        ))}
        {ticks(0, high).map((at) => (
          <g key={'x' + at}>
            <line class="grid-line" x1={x(at)} x2={x(at)} y1={TOP} y2={H - BOTTOM} />
            <text x={x(at)} y={H - BOTTOM + 18} text-anchor="middle">{usd(Number(at.toPrecision(6)))}</text>
          </g>
        ))}
        <text x={(LEFT + W - RIGHT) / 2} y={H - 6} text-anchor="middle">price of a question</text>
        <text x={14} y={(TOP + H - BOTTOM) / 2} text-anchor="middle" transform={`rotate(-90 14 ${(TOP + H - BOTTOM) / 2})`}>right answers</text>
        {frontier.length > 1 && <polyline class="frontier" points={frontier.map((point) => `${x(point.usd)},${y(point.accuracy)}`).join(' ')} />}
        {placed.map(({ point, px, py, right }) => (
          <g key={point.name}>
            <title>{`${point.name}: ${share(point.accuracy)} right, ${usd(point.usd)} and ${decimal(point.calls)} calls a question`}</title>
            <circle class={'point ' + point.kind} cx={x(point.usd)} cy={y(point.accuracy)} r="6" />
            <text class="name" x={px} y={py} text-anchor={right ? 'start' : 'end'}>{point.name}</text>
          </g>
        ))}
      </svg>
      </Scroll>
      <div class="actions end">
        <Copy text={csv()} label="Copy CSV" />
        <Button onClick={() => download('replays.csv', 'text/csv', csv())}>CSV</Button>
        <Button onClick={() => download('replays.svg', 'image/svg+xml', standalone(picture.current!))}>SVG</Button>
      </div>
    </div>
  );
}

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

/** The picture with its colours in it, for papers and slides. */
function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(W));
  copy.setAttribute('height', String(H));
  const from = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, i) => {
    const style = getComputedStyle(from[i]!);
    for (const name of ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-family', 'font-size', 'font-weight']) {
      const value = style.getPropertyValue(name);
      if (value) element.setAttribute(name, value);
    }
  });
  return new XMLSerializer().serializeToString(copy);
}
