import { useEffect, useState } from 'preact/hooks';
import { get, post, remove, type Expert, type Job, type Schemas } from '../api';
import { Bars, Interval, IntervalScale } from '../charts';
import { count, decimal, ms, p, share, usd } from '../format';
import { useEvents } from '../live';
import { useAction, useLoad, useTicking } from '../load';
import { go, link, refine } from '../route';
import type { ScreenProps } from '../app';
import { Badge, Button, Confirm, Empty, Facts, Field, HealthMark, needs, Panel, Progress, Screen, Scroll, Show, Trouble, useMay } from '../ui';
import { CardDialog } from './card';
import { price, skills } from './experts';
import { steps } from './overview';

export function ExpertScreen({ route }: ScreenProps) {
  const id = route.id!;
  const expert = useLoad(id, (signal) => get('/v1/experts/{id}', { id, signal }));
  useEvents(['health', 'change'], expert.reload);
  const may = useMay('change');
  const why = may ? undefined : needs('operator or admin');
  const [retiring, setRetiring] = useState(false);
  const retire = useAction(async () => {
    await remove('/v1/experts/{id}', { id });
    go(link('experts'));
  });
  const edit = route.query.get('edit');
  return (
    <Screen
      title={id}
      lead={expert.data?.description}
      actions={
        <>
          <a class="button" href={link('playground', undefined, { model: id })}>Try it</a>
          <Button why={why} onClick={() => refine(route, { edit: 'yes' })}>Change</Button>
          <Button kind="danger" why={why} onClick={() => setRetiring(true)}>Retire</Button>
        </>
      }
    >
      {edit && expert.data && may && (
        <CardDialog
          expert={expert.data}
          close={() => refine(route, { edit: undefined })}
          done={() => {
            refine(route, { edit: undefined });
            expert.reload();
          }}
        />
      )}
      {retiring && (
        <Confirm
          danger
          title={`Retire ${id}?`}
          act="Retire it"
          busy={retire.busy}
          error={retire.error}
          confirm={() => retire.run()}
          close={() => setRetiring(false)}
        >
          <p>It will not be asked again. Its card and its decisions stay on record; adding a card with this id brings it back.</p>
        </Confirm>
      )}
      <Show of={expert} height="40rem">
        {(data) => <Whole expert={data} changed={expert.reload} />}
      </Show>
    </Screen>
  );
}

function Whole({ expert, changed }: { expert: Expert; changed: () => void }) {
  const claimed = Object.entries(expert.claimed?.accuracy ?? {});
  const measured = expert.measured?.accuracy ?? {};
  const labels = (expert as { labels?: string[] }).labels;
  return (
    <div class="grid">
      <Panel class="two-thirds" title="Card">
        <Facts
          of={[
            ['Health', <HealthMark status={expert.health?.status ?? 'unknown'} {...(expert.health?.reason ? { reason: expert.health.reason } : {})} />],
            ['Kind', <Badge>{expert.kind}</Badge>],
            ['State', expert.state],
            ['Version', String(expert.version)],
            ['Kept by', expert.owner],
            ['Price per 1M tokens', price(expert)],
            ['Context window', expert.context ? `${count(expert.context)} tokens` : 'any'],
            ['Reads', (expert.modalities ?? []).join(', ') || '–'],
            ['Serves', (expert.serves ?? []).join(', ') || '–'],
            ['Provider', expert.provider],
            ['Model', expert.model ?? '–'],
            ['Address', expert.url ?? '–'],
            ['Aliases', (expert.aliases ?? []).join(', ') || '–'],
            ['Licence', expert.licence ?? '–'],
          ]}
        />
        <h3>Skills</h3>
        <Skills of={skills(expert)} />
        {labels && (
          <>
            <h3>Labels</h3>
            <div class="badges">{labels.map((label) => <Badge key={label}>{label}</Badge>)}</div>
          </>
        )}
        {expert.health?.reason && <p class="note warn">{expert.health.reason}</p>}
      </Panel>
      <Traffic id={expert.id} />
      <Abilities expert={expert} claimed={claimed} measured={measured} />
      <Drift reference={`${expert.id}@${expert.version}`} />
      <Interview expert={expert} changed={changed} />
      <Recorded id={expert.id} />
    </div>
  );
}

function Skills({ of }: { of: string[] }) {
  const [all, setAll] = useState(false);
  return (
    <div class="badges">
      {(all ? of : of.slice(0, 24)).map((skill) => <Badge key={skill}>{skill}</Badge>)}
      {of.length > 24 && <Button kind="quiet" onClick={() => setAll(!all)}>{all ? 'Fewer' : `All ${of.length}`}</Button>}
      {of.length === 0 && <span class="muted">none claimed: routers go by its description</span>}
    </div>
  );
}

function Traffic({ id }: { id: string }) {
  const overview = useLoad(id, (signal) => get('/v1/overview', { query: { range: '7d', expert: id }, signal }));
  return (
    <Panel class="third" title="Traffic" hint="last 7 days" actions={<a href={link('decisions', undefined, { expert: id })}>its decisions</a>}>
      <Show of={overview} height="8rem">
        {({ experts, from, to, step_seconds }) => {
          const mine = experts.find((each) => each.expert === id);
          const at = steps(from, to, step_seconds);
          const by = new Map(mine?.series.map((step) => [Date.parse(step.at) / 1000, step]));
          return mine ? (
            <>
              <Bars values={at.map((each) => by.get(each)?.calls ?? 0)} bad={at.map((each) => by.get(each)?.failed ?? 0)} label={`${mine.calls} calls, ${mine.failed} failed`} />
              <Facts
                of={[
                  ['Calls', count(mine.calls)],
                  ['Failed', share(mine.failed / mine.calls)],
                  ['Mean time', ms(mine.mean_ms)],
                  ['Spent', usd(mine.usd)],
                  ['A call', usd(mine.usd / mine.calls)],
                ]}
              />
            </>
          ) : (
            <Empty title="Not asked in seven days"><p>Whoever is likely to be right at a fair price is asked.</p></Empty>
          );
        }}
      </Show>
    </Panel>
  );
}

function Abilities(props: { expert: Expert; claimed: [string, number][]; measured: { [category: string]: number } }) {
  const interview = props.expert.interview;
  const claims = new Map(props.claimed);
  const rows = interview
    ? [
        { name: 'all questions', ...interview.accuracy, claim: interview.claimed?.accuracy },
        ...[...interview.categories].sort((a, b) => b.value - a.value).map((each) => ({ name: each.category ?? each.of ?? '', ...each, claim: claims.get(each.category ?? '') })),
      ]
    : [];
  const others = props.claimed.filter(([name]) => !rows.some((row) => row.name === name));
  return (
    <Panel title="Ability" hint="what an interview measured, with 90 % intervals; a diamond is what the card claims">
      {rows.length > 0 && (
        <Scroll label="Ability">
          <table>
            <thead><tr><th>Category</th><th><IntervalScale /></th><th class="num">Measured</th><th class="num">90 % interval</th><th class="num">Claimed</th></tr></thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name}>
                  <td class="nowrap">{row.name === 'all questions' ? <b>{row.name}</b> : row.name}</td>
                  <td class="axis">
                    <Interval
                      strong={row.name === 'all questions'}
                      value={row.value}
                      low={row.low}
                      high={row.high}
                      label={`${row.name}: ${p(row.value)}, between ${p(row.low)} and ${p(row.high)}`}
                      marks={row.claim === undefined ? [] : [{ at: row.claim, kind: 'claim', title: `claimed ${p(row.claim)}` }]}
                    />
                  </td>
                  <td class="num">{p(row.value)}</td>
                  <td class="num muted">{p(row.low)} – {p(row.high)}</td>
                  <td class="num">{row.claim === undefined ? <span class="muted">–</span> : p(row.claim)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {interview?.claimed?.overstated && (
        <p class="note warn">The card claims {p(interview.claimed.accuracy)}, {decimal(100 * interview.claimed.gap)} points more than was measured.</p>
      )}
      {others.length > 0 && (
        <>
          <h3>Claimed and not measured</h3>
          <p class="muted">{others.map(([name, value]) => `${name} ${p(value)}`).join(', ')}</p>
        </>
      )}
      {rows.length === 0 && (
        <Empty title="Its ability is not measured">
          <p>Routers go by its card until outcomes or an interview tell more.</p>
        </Empty>
      )}
    </Panel>
  );
}

/** What use taught of this expert since the router was fitted. */
function Drift({ reference }: { reference: string }) {
  const learning = useLoad(reference, (signal) => get('/v1/learning', { query: { expert: reference }, signal }));
  const mine = learning.data?.data[0];
  if (!mine) return <Trouble error={learning.error} again={learning.reload} />;
  return (
    <Panel title="Drift" hint={`what ${count(mine.outcomes)} judged answers taught since router ${learning.data!.router} was fitted`}>
      <Facts
        of={[
          ['Does better than forecast by', `${decimal(mine.shift)} ± ${decimal(mine.doubt)} log-odds`],
          ['Alarms', count(mine.alarms)],
          ['Surprises for the worse', <Meter value={mine.drift.worse} most={mine.drift.alarm} />],
          ['Surprises for the better', <Meter value={mine.drift.better} most={mine.drift.alarm} />],
        ]}
      />
    </Panel>
  );
}

const Meter = (props: { value: number; most: number }) => (
  <>
    {decimal(props.value)} of {decimal(props.most)}
    <span class="share" aria-hidden="true"><i style={{ width: `${Math.min(100, (100 * props.value) / props.most)}%` }} /></span>
  </>
);

const over = new Set<Job['state']>(['done', 'failed', 'cancelled', 'interrupted']);

function Interview({ expert, changed }: { expert: Expert; changed: () => void }) {
  const may = useMay('change');
  const [budget, setBudget] = useState('1');
  const [job, setJob] = useState<Job>();
  const running = job !== undefined && !over.has(job.state);
  const begin = useAction(async () => {
    setJob(await post('/v1/experts/{id}/interview', { id: expert.id, body: { budget_usd: Number(budget) } }));
  });
  const stop = useAction(async () => setJob(await remove('/v1/jobs/{id}', { id: job!.id })));
  const [lost, setLost] = useState<Error>();
  // whoever comes back to this screen finds the interview that is under way
  useEffect(() => {
    void get('/v1/jobs', { query: { kind: 'interview' } }).then(
      ({ data }) => {
        const mine = data.find((each) => (each.asked as Schemas['InterviewAsked']).expert === expert.id);
        if (mine && !over.has(mine.state)) setJob(mine);
      },
      () => undefined,
    );
  }, [expert.id]);
  useTicking(running, 700, () => {
    void get('/v1/jobs/{id}', { id: job!.id }).then((now) => {
      setLost(undefined);
      setJob(now);
      if (over.has(now.state)) changed();
    }, setLost);
  });
  const result = job?.state === 'done' ? (job.result as Schemas['InterviewResult']) : undefined;
  return (
    <Panel title="Interview" hint="few questions with known answers, chosen to tell most">
      <form class="actions bottom" onSubmit={(event) => { event.preventDefault(); begin.run(); }}>
        <Field label="At most, in US dollars">
          {(id) => <input id={id} inputMode="decimal" value={budget} onInput={(event) => setBudget(event.currentTarget.value)} />}
        </Field>
        <Button kind="main" type="submit" why={may ? undefined : needs('operator or admin')} disabled={begin.busy || running}>
          {expert.interview ? 'Interview again' : 'Start an interview'}
        </Button>
        {running && <Button kind="quiet" onClick={() => stop.run()}>Stop it</Button>}
      </form>
      <Trouble error={begin.error ?? stop.error ?? lost} />
      <div aria-live="polite" class="stack">
        {running && <Progress value={job.progress} label={job.doing || job.state} />}
        {job?.failure && <Trouble error={new Error(job.failure)} />}
        {job && over.has(job.state) && job.state !== 'done' && !job.failure && <p class="muted">It was {job.state}.</p>}
        {result && (
          <>
            <p>
              <b>{result.summary}</b>
            </p>
            <p class="muted">
              Asked {count(result.asked)}, right {decimal(result.right)}, for {usd(result.usd)}; ended because {result.ended}. Deviation{' '}
              {decimal(result.deviation_before)} → {decimal(result.deviation)}.
            </p>
          </>
        )}
      </div>
    </Panel>
  );
}

/** So many categories are shown; those with most outcomes. */
const mostCategories = 200;

function Recorded({ id }: { id: string }) {
  const sums = useLoad(id, (signal) => get('/v1/outcomes', { query: { expert: id, by: 'category', limit: mostCategories }, signal }));
  return (
    <Panel title="Outcomes on record" hint="how right it was, by category">
      <Show of={sums} height="8rem">
        {({ data }) => {
          const all = data.filter((each): each is Schemas['OutcomeCategory'] => 'outcomes' in each && 'category' in each);
          if (all.length === 0) {
            return <Empty title="No outcome is on record"><p>Feedback, checks, interviews and imported benchmarks leave outcomes; routers learn from them.</p></Empty>;
          }
          const rows = all.map((each) => ({ ...each, name: each.category || 'no category', ...wilson(each.correct, each.outcomes) })).sort((a, b) => b.value - a.value);
          return (
            <>
              <Scroll label="Outcomes by category">
                <table>
                  <thead><tr><th>Category</th><th><IntervalScale /></th><th class="num">Right</th><th class="num">Outcomes</th><th class="num">Cost of a right answer</th></tr></thead>
                  <tbody>
                    {rows.map((row) => (
                      <tr key={row.name}>
                        <td class="nowrap">{row.name}</td>
                        <td class="axis"><Interval strong value={row.value} low={row.low} high={row.high} label={`${row.name}: ${p(row.value)} of ${row.outcomes}`} /></td>
                        <td class="num">{p(row.value)}</td>
                        <td class="num">{count(row.outcomes)}</td>
                        <td class="num">{row.usd !== null && row.value > 0 ? usd(row.usd / row.value) : '–'}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
              <p class="muted small">95 % intervals (Wilson).{all.length === mostCategories && ` The ${count(mostCategories)} categories with most outcomes.`}</p>
            </>
          );
        }}
      </Show>
    </Panel>
  );
}

/** Wilson's 95 % interval of a share. */
function wilson(value: number, n: number): { value: number; low: number; high: number } {
  const z = 1.96;
  const middle = (value + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
