import { useState } from 'preact/hooks';
import { get, post, type Decision, type Schemas } from '../api';
import { Interval, IntervalScale, PlanGraph } from '../charts';
import { count, decimal, ms, p, usd } from '../format';
import { useAction, useLoad } from '../load';
import { link } from '../route';
import type { ScreenProps } from '../app';
import { Said } from '../said';
import { At, Badge, Button, Copy, Facts, Field, needs, Panel, Screen, Scroll, Show, Trouble, useMay } from '../ui';
import { Verdict } from './decisions';

export const series = (names: string[]): Map<string, string> =>
  new Map(names.map((name, i) => [name, `s${(i % 6) + 1}`]));

export function DecisionScreen({ route }: ScreenProps) {
  const mayForget = useMay('ask');
  const id = route.id!;
  const decision = useLoad(id, (signal) => get('/v1/decisions/{id}', { id, signal }));
  return (
    <Screen
      title="Decision"
      lead={<span class="mono">{id}</span>}
      actions={
        <>
          <Copy text={location.href} label="Copy link" />
          {mayForget && <a class="button" href={link('memory', undefined, { tab: 'forget', decision: id })}>Forget it</a>}
          <a class="button" href={link('decisions')}>All decisions</a>
        </>
      }
    >
      <Show of={decision} height="40rem">
        {(data) => <Whole decision={data} changed={decision.reload} />}
      </Show>
    </Screen>
  );
}

function Whole({ decision, changed }: { decision: Decision; changed: () => void }) {
  const { route } = decision;
  const asked = new Set(decision.replies.map((reply) => reply.expert));
  const several = decision.replies.filter((reply) => !reply.failure).length > 1;
  return (
    <div class="grid">
      <Panel class="two-thirds" title="Question" actions={<Verdict decision={decision} />}>
        <Said text={decision.question} none={`${count(decision.profile.characters)} characters; the key it was asked with keeps no contents.`} />
        <h3>Answer</h3>
        <div class="answer">
          {decision.failure ? (
            <span class="error-text">{decision.failure.message}</span>
          ) : (
            <Said
              text={decision.answer}
              none={route.plan.type === 'abstain' ? route.plan.reason : 'The answer was not recorded.'}
            />
          )}
        </div>
        <FeedbackRow decision={decision} changed={changed} />
      </Panel>
      <Panel class="third" title="In short">
        <Facts
          of={[
            ['When', <At at={decision.at} />],
            ['Asked for', decision.model],
            ['Policy', decision.policy],
            ['Whole time', ms(decision.millis)],
            ['Of it our own', ms(decision.overheadMillis)],
            ['Price', usd(decision.usd)],
            ...(decision.cached ? [['Saved by the cache', usd(decision.cached.saved)] as [string, string]] : []),
            ['Router', route.routerVersion],
            ['Probability of this plan', p(route.propensity)],
            ['Tenant', decision.tenant],
            ['Key', decision.key ?? 'none was needed'],
            ['Size', `${count(decision.profile.tokens)} tokens`],
            ['Skills seen', decision.profile.skills.length ? <span class="badges">{decision.profile.skills.map((skill) => <Badge key={skill}>{skill}</Badge>)}</span> : 'none'],
          ]}
        />
      </Panel>
      <Panel title="Plan" hint={route.why}>
        <Scroll label="Plan">
          <PlanGraph plan={route.plan} replies={decision.replies} failed={decision.failure !== null} />
        </Scroll>
        {route.choices.length > 1 && (
          <p class="muted small">
            It might also have been: {route.choices.map((choice) => `${choice.plan.type} (${p(choice.propensity)})`).join(', ')}.
          </p>
        )}
      </Panel>
      <Forecasts forecasts={route.forecasts} excluded={route.excluded} asked={asked} />
      <Panel title="Replies" hint={decision.replies.length ? 'everyone asked, side by side' : undefined}>
        {decision.replies.length ? (
          <div class="columns">
            {decision.replies.map((reply, i) => (
              <Reply key={i} reply={reply} given={!reply.failure && decision.answer !== null && reply.text === decision.answer} credit={decision.credit?.find((each) => each.expert === reply.expert)} />
            ))}
          </div>
        ) : (
          <p class="muted">
            {decision.cached ? (
              <>
                Nobody was asked: {decision.cached.how === 'exact' ? 'the same request' : 'the same question in other words'} was
                answered <At at={decision.cached.at} /> for <a href={link('decisions', decision.cached.decision)}>this decision</a>.
              </>
            ) : (
              'Nobody was asked.'
            )}
          </p>
        )}
        {decision.bought.length > 0 && (
          <p class="muted small">
            Bought to decide: {decision.bought.map((each) => `${each.expert}${each.p === null ? '' : ` (bid ${p(each.p)})`} for ${usd(each.usd)}`).join(', ')}.
          </p>
        )}
      </Panel>
      {several && <ContrastPanel decision={decision} />}
      <Replay decision={decision} />
    </div>
  );
}

export function Reply(props: {
  reply: Decision['replies'][number];
  given: boolean;
  credit?: NonNullable<Decision['credit']>[number] | undefined;
}) {
  const { reply } = props;
  const cancelled = reply.failure?.kind === 'CANCELLED';
  return (
    <article class={'reply' + (props.given ? ' given' : '') + (reply.failure && !cancelled ? ' failed' : '')}>
      <header>
        <b><a href={link('experts', reply.expert)}>{reply.expert}</a></b>
        {props.given && <Badge tone="accent">the answer</Badge>}
        {reply.failure && <Badge tone={cancelled ? 'plain' : 'bad'}>{reply.failure.kind.toLowerCase().replaceAll('_', ' ')}</Badge>}
        <span class="muted small">
          {ms(reply.millis)} · {usd(reply.usd)}
          {reply.usage && ` · ${count(reply.usage.input)} + ${count(reply.usage.output)} tokens`}
          {reply.p !== null && ` · P ${p(reply.p)}`}
          {props.credit && ` · contribution ${decimal(props.credit.contribution)}`}
        </span>
      </header>
      <div tabIndex={0} role="region" aria-label={`Reply of ${reply.expert}`}>
        {reply.failure ? <p class="muted">{reply.failure.message}</p> : <Said text={reply.text} />}
      </div>
    </article>
  );
}

/** So many rows at first, and so many more each time: there may be ten thousand experts. */
const few = 12;
const many = 100;

export function Forecasts(props: {
  forecasts: Schemas['Forecast'][];
  excluded: Schemas['Exclusion'][];
  asked: Set<string>;
}) {
  const [most, setMost] = useState(few);
  const [open, setOpen] = useState<string>();
  const sorted = [...props.forecasts].sort((a, b) => b.p - a.p);
  const shown = sorted.slice(0, most);
  const names = [...new Set(sorted.flatMap((each) => each.why.map((why) => why.estimator)))].sort();
  const colors = series(names);
  return (
    <Panel title="Forecasts" hint="P(correct) with its 80 % interval; who was asked is filled in">
      {sorted.length === 0 ? (
        <p class="muted">No forecast was needed.</p>
      ) : (
        <>
          <div class="legend">
            {names.map((name) => (
              <span key={name}>
                <i class={colors.get(name)} />
                {name}
              </span>
            ))}
          </div>
          <Scroll label="Forecasts">
            <table>
              <thead>
                <tr>
                  <th>Expert</th>
                  <th><IntervalScale /></th>
                  <th class="num">P</th>
                  <th class="num">80 % interval</th>
                  <th class="num">Price</th>
                  <th class="num">Time</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((forecast) => (
                  <>
                    <tr key={forecast.expert} class="link" onClick={() => setOpen(open === forecast.expert ? undefined : forecast.expert)}>
                      <td class="nowrap">
                        <button type="button" class="button quiet" aria-expanded={open === forecast.expert} title="what each estimator says">
                          {props.asked.has(forecast.expert) ? <b>{forecast.expert}</b> : forecast.expert}
                        </button>
                      </td>
                      <td class="axis">
                        <Interval
                          value={forecast.p}
                          low={forecast.low}
                          high={forecast.high}
                          strong={props.asked.has(forecast.expert)}
                          label={`${forecast.expert}: ${p(forecast.p)}, between ${p(forecast.low)} and ${p(forecast.high)}`}
                          marks={forecast.why.map((why) => ({
                            at: why.p,
                            kind: colors.get(why.estimator)!,
                            title: `${why.estimator}: ${p(why.p)}, weight ${decimal(why.weight)}. ${why.note}`,
                            size: why.weight,
                          }))}
                        />
                      </td>
                      <td class="num">{p(forecast.p)}</td>
                      <td class="num muted">{p(forecast.low)} – {p(forecast.high)}</td>
                      <td class="num">{usd(forecast.usd)}</td>
                      <td class="num">{ms(forecast.millis)}</td>
                    </tr>
                    {open === forecast.expert && (
                      <tr key={forecast.expert + '?'}>
                        <td colSpan={6}>
                          <table>
                            <thead><tr><th>Estimator</th><th class="num">P</th><th class="num">Weight</th><th>Note</th></tr></thead>
                            <tbody>
                              {forecast.why.map((why) => (
                                <tr key={why.estimator}>
                                  <td class="nowrap"><span class="legend"><span><i class={colors.get(why.estimator)} />{why.estimator}</span></span></td>
                                  <td class="num">{p(why.p)}</td>
                                  <td class="num">{decimal(why.weight)}</td>
                                  <td>{why.note}</td>
                                </tr>
                              ))}
                            </tbody>
                          </table>
                        </td>
                      </tr>
                    )}
                  </>
                ))}
              </tbody>
            </table>
          </Scroll>
          {sorted.length > few && (
            <Button kind="quiet" onClick={() => setMost(most < sorted.length ? most + many : few)}>
              {most >= sorted.length ? 'Fewer' : most + many >= sorted.length ? `All ${count(sorted.length)}` : `${count(many)} more of ${count(sorted.length)}`}
            </Button>
          )}
        </>
      )}
      {props.excluded.length > 0 && (
        <details>
          <summary class="muted">{count(props.excluded.length)} could not answer at all</summary>
          <ul class="small">
            {props.excluded.slice(0, many).map((each) => (
              <li key={each.expert}><b>{each.expert}</b> <span class="muted">{each.reason}</span></li>
            ))}
            {props.excluded.length > many && <li class="muted">and {count(props.excluded.length - many)} more</li>}
          </ul>
        </details>
      )}
    </Panel>
  );
}

function FeedbackRow({ decision, changed }: { decision: Decision; changed: () => void }) {
  const may = useMay('ask');
  const why = may ? undefined : needs('user, operator or admin');
  const [open, setOpen] = useState(false);
  const [right, setRight] = useState('');
  const [check, setCheck] = useState('exact');
  const say = useAction(async (score: number, correction?: string) => {
    await post('/v1/feedback', {
      body: {
        decision: decision.id,
        score,
        thumb: score >= 0.5,
        ...(correction ? { correction, check } : {}),
      },
    });
    setOpen(false);
    changed();
  });
  const said = decision.feedback ?? [];
  return (
    <div class="stack">
      <div class="actions">
        <Button why={why} disabled={say.busy} onClick={() => say.run(1)}>✓ Right</Button>
        <Button why={why} disabled={say.busy} onClick={() => say.run(0)}>✗ Wrong</Button>
        <Button kind="quiet" why={why} aria-expanded={open} onClick={() => setOpen(!open)}>Say what is right</Button>
        {said.length > 0 && (
          <span class="muted small">
            {said.length} on record, the last {decimal(said.at(-1)!.score)}
            {said.at(-1)!.correction && ` (right: ${said.at(-1)!.correction})`}
          </span>
        )}
      </div>
      {open && (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            say.run(decision.answer?.trim() === right.trim() ? 1 : 0, right);
          }}
        >
          <Field label="The right answer" hint="each reply is compared with it, and gets its credit">
            {(id, described) => <input id={id} aria-describedby={described} required value={right} onInput={(event) => setRight(event.currentTarget.value)} />}
          </Field>
          <Field label="Compared as">
            {(id) => (
              <select id={id} value={check} onChange={(event) => setCheck(event.currentTarget.value)}>
                <option value="exact">the same text</option>
                <option value="number">a number</option>
                <option value="choice">a choice</option>
                <option value="json">JSON</option>
              </select>
            )}
          </Field>
          <div class="actions"><Button kind="main" type="submit" disabled={say.busy || !right.trim()}>Keep it</Button></div>
        </form>
      )}
      <Trouble error={say.error} />
    </div>
  );
}

export function ContrastView({ contrast }: { contrast: Schemas['Contrast'] }) {
  const contributed = contrast.contributions.filter((each) => each.what || each.statements.length);
  return (
    <div class="stack">
      <p>
        <b>{p(contrast.agreement)}</b> of those who can be compared say what the answer says.
      </p>
      {contrast.groups.length > 0 && (
        <Scroll label="Equal answers">
          <table>
            <thead><tr><th>Answer</th><th>Kind</th><th>Who</th></tr></thead>
            <tbody>
              {contrast.groups.map((group, i) => (
                <tr key={i}>
                  <td class="said">{group.given && <><Badge tone="accent">given</Badge> </>}{group.answer}</td>
                  <td class="muted">{group.kind}</td>
                  <td>{group.experts.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {contrast.differences.map((each, i) => (
        <div key={i} class="diff">
          <div><h3>{each.experts.join(', ')} <span class="muted">differ in {each.on}</span></h3><ul>{each.theirs.map((text, j) => <li key={j} class="said">{text}</li>)}</ul></div>
          <div><h3>the answer says</h3><ul>{each.ours.map((text, j) => <li key={j} class="said">{text}</li>)}</ul></div>
        </div>
      ))}
      {contributed.length > 0 && (
        <>
          <h3>What came from whom</h3>
          <ul>
            {contributed.map((each) => (
              <li key={each.expert}><b>{each.expert}</b> {each.what} <span class="muted said">{each.statements.join(' · ')}</span></li>
            ))}
          </ul>
        </>
      )}
      {contrast.dropped.length > 0 && (
        <p class="muted small">Not used: {contrast.dropped.map((each) => `${each.expert} (${each.why.replaceAll('_', ' ')})`).join(', ')}.</p>
      )}
    </div>
  );
}

function ContrastPanel({ decision }: { decision: Decision }) {
  // replayed as it was, which asks nobody and says who agreed
  const replay = useLoad(decision.id, (signal) => post('/v1/decisions/{id}/replay', { id: decision.id, body: {}, signal }));
  return (
    <Panel title="Contrast" hint="who agreed, who differed, what came from whom">
      <Show of={replay} height="6rem">
        {({ contrast }) => (contrast ? <ContrastView contrast={contrast} /> : <p class="muted">There is nothing to compare.</p>)}
      </Show>
    </Panel>
  );
}

const aggregators = ['weighted_vote', 'majority_vote'];

function Replay({ decision }: { decision: Decision }) {
  const [without, setWithout] = useState<string[]>([]);
  const [aggregator, setAggregator] = useState('');
  const [policy, setPolicy] = useState('');
  const [result, setResult] = useState<Schemas['DecisionReplay']>();
  const experts = [...new Set(decision.replies.map((reply) => reply.expert))];
  const models = useLoad('policies', (signal) => get('/v1/models', { query: { owned_by: 'consilium' }, signal }));
  const policies = (models.data?.data ?? []).map((model) => model.id.replace('consilium/', '')).filter((name) => name !== 'auto');
  const replay = useAction(async () => {
    setResult(undefined);
    setResult(
      await post('/v1/decisions/{id}/replay', {
        id: decision.id,
        body: { ...(without.length ? { without } : {}), ...(aggregator ? { aggregator } : {}), ...(policy ? { policy } : {}) },
      }),
    );
  });
  if (experts.length === 0) return null;
  return (
    <Panel title="What if" hint="replayed from the recorded replies; nobody is asked">
      <form class="stack" onSubmit={(event) => { event.preventDefault(); replay.run(); }}>
        <div class="actions" role="group" aria-label="Without these experts">
          <span class="muted">without</span>
          {experts.map((expert) => (
            <Button
              key={expert}
              aria-pressed={without.includes(expert)}
              onClick={() => setWithout(without.includes(expert) ? without.filter((each) => each !== expert) : [...without, expert])}
            >
              {expert}
            </Button>
          ))}
        </div>
        <div class="form">
          <Field label="Fused by">
            {(id) => (
              <select id={id} value={aggregator} onChange={(event) => setAggregator(event.currentTarget.value)}>
                <option value="">as it was</option>
                {aggregators.map((name) => <option key={name} value={name}>{name.replaceAll('_', ' ')}</option>)}
              </select>
            )}
          </Field>
          <Field label="Under the policy">
            {(id) => (
              <select id={id} value={policy} onChange={(event) => setPolicy(event.currentTarget.value)}>
                <option value="">as it was</option>
                {policies.map((name) => <option key={name} value={name}>{name}</option>)}
              </select>
            )}
          </Field>
        </div>
        <div class="actions"><Button kind="main" type="submit" disabled={replay.busy}>Replay</Button></div>
      </form>
      <Trouble error={replay.error} />
      {result && (
        <div class="stack" aria-live="polite">
          <div class="badges">
            <Badge tone={result.diff.same_answer ? 'good' : 'warn'}>{result.diff.same_answer ? 'the same answer' : 'another answer'}</Badge>
            <Badge>plan {result.diff.plan_before} → {result.diff.plan_after}</Badge>
            <Badge>{usd(result.diff.usd_before)} → {usd(result.diff.usd_after)}</Badge>
          </div>
          <div class="diff">
            <div><h3>As it was</h3><Said text={result.diff.before} none="No answer." /></div>
            <div>
              <h3>As it would be</h3>
              {result.failure ? <p class="error-text">{result.failure.message}</p> : <Said text={result.diff.after} none={result.answer?.refusal ?? 'No answer.'} />}
            </div>
          </div>
          {result.missing.length > 0 && <p class="muted small">Not known: {result.missing.map((each) => `${each.expert} (${each.why})`).join(', ')}.</p>}
        </div>
      )}
    </Panel>
  );
}
