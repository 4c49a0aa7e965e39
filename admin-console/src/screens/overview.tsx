import { get } from '../api';
import { Bars, TimeChart } from '../charts';
import { compact, count, ms, plural, share, usd } from '../format';
import { useEvents } from '../live';
import { useLoad, useTicking } from '../load';
import { link, refine } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Empty, HealthMark, Panel, Screen, Show } from '../ui';
import { told } from './audit';
import { FirstSteps } from './start';

const ranges = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
type Range = (typeof ranges)[number];

const rangeText: Record<Range, string> = {
  '15m': '15 min',
  '1h': '1 hour',
  '6h': '6 hours',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
};

/** Every step of the time, those without decisions too. */
export function steps(from: string, to: string, seconds: number): number[] {
  const all: number[] = [];
  for (let at = Date.parse(from) / 1000; at < Date.parse(to) / 1000; at += seconds) all.push(at);
  return all;
}

export function Overview({ route }: ScreenProps) {
  const asked = route.query.get('range');
  const range = ranges.find((each) => each === asked) ?? '24h';
  const overview = useLoad(range, (signal) => get('/v1/overview', { query: { range }, signal }));
  const changes = useLoad('changes', (signal) => get('/v1/audit', { query: { limit: 7 }, signal }));
  const routers = useLoad('routers', (signal) => get('/v1/routers', { signal }));
  // a long time hardly changes by one decision more
  useEvents(['decisions', 'health'], overview.reload, range === '7d' || range === '30d' ? 15_000 : 2000);
  useEvents(['change', 'health'], changes.reload);
  useEvents(['router'], routers.reload);
  useTicking(true, 30_000, overview.reload);

  return (
    <Screen
      title="Overview"
      lead="Is it healthy, how fast, and at what price."
      actions={
        <div class="segments" role="group" aria-label="Time">
          {ranges.map((each) => (
            <Button key={each} aria-pressed={each === range} onClick={() => refine(route, { range: each })}>
              {rangeText[each]}
            </Button>
          ))}
        </div>
      }
    >
      <div class="grid">
        <Show of={overview} height="36rem">
          {({ totals, series, from, to, step_seconds, health, experts: working }) => {
            const at = steps(from, to, step_seconds);
            const by = new Map(series.map((step) => [Date.parse(step.at) / 1000, step]));
            const values = <T,>(pick: (step: (typeof series)[number]) => T, none: T) =>
              at.map((each) => {
                const step = by.get(each);
                return step ? pick(step) : none;
              });
            const none = totals.requests === 0;
            return (
              <>
                <div class="stats">
                  <Stat name="Requests" value={compact(totals.requests)} note={`last ${rangeText[range]}`} />
                  <Stat
                    name="Answered"
                    value={none ? '–' : share(1 - (totals.failed + totals.abstained) / totals.requests)}
                    note={none ? '' : `${count(totals.failed)} failed, ${count(totals.abstained)} abstained`}
                  />
                  <Stat name="Time to an answer" value={ms(totals.p50_ms)} note={`99 of 100 within ${ms(totals.p99_ms)}`} />
                  <Stat name="Waiting for experts" value={ms(totals.upstream_p50_ms)} note={`99 of 100 within ${ms(totals.upstream_p99_ms)}`} />
                  <Stat name="Added by Consilium" value={ms(totals.own_p50_ms)} note={`99 of 100 within ${ms(totals.own_p99_ms)}`} />
                  <Stat name="Spent" value={usd(totals.usd)} note={none ? '' : `${usd(totals.usd / totals.requests)} a request`} />
                  <Stat name="From the cache" value={none ? '–' : share(totals.cached / totals.requests)} note={none ? '' : plural(totals.cached, 'answer')} />
                  <Stat
                    name="Experts down"
                    value={count(health.down)}
                    note={health.degraded ? `${count(health.degraded)} degraded` : 'none degraded'}
                    to={link('experts', undefined, { health: health.down || !health.degraded ? 'down' : 'degraded' })}
                  />
                </div>
                {none ? (
                  <FirstSteps asked={overview.reload} />
                ) : (
                  <>
                    <Panel class="half" title="Requests" hint={`in steps of ${ms(step_seconds * 1000)}`}>
                      <TimeChart
                        label={`Requests over the last ${rangeText[range]}: ${totals.requests}, of which ${totals.failed} failed`}
                        at={at}
                        height={180}
                        lines={[
                          { label: 'Requests', values: values((s) => s.requests, 0), color: '--series-1', fill: true, format: compact },
                          { label: 'Failed', values: values((s) => s.failed, 0), color: '--bad', format: compact },
                          { label: 'Abstained', values: values((s) => s.abstained, 0), color: '--series-3', format: compact },
                        ]}
                      />
                    </Panel>
                    <Panel class="half" title="Spend" hint={`in steps of ${ms(step_seconds * 1000)}`}>
                      <TimeChart
                        label={`Spend: ${usd(totals.usd)}`}
                        at={at}
                        height={180}
                        lines={[{ label: 'US dollars', values: values((s) => s.usd, 0), color: '--series-5', fill: true, format: usd }]}
                      />
                    </Panel>
                    <Latency title="Time to an answer" hint="to its last byte" at={at} median={values((s) => s.p50_ms, null)} most={values((s) => s.p99_ms, null)} total={[totals.p50_ms, totals.p99_ms]} />
                    <Latency title="Waiting for experts" hint="upstream" at={at} median={values((s) => s.upstream_p50_ms, null)} most={values((s) => s.upstream_p99_ms, null)} total={[totals.upstream_p50_ms, totals.upstream_p99_ms]} />
                    <Latency title="Added by Consilium" hint="all but that waiting" at={at} median={values((s) => s.own_p50_ms, null)} most={values((s) => s.own_p99_ms, null)} total={[totals.own_p50_ms, totals.own_p99_ms]} />
                  </>
                )}
                <Panel title="What changed lately" actions={<a href={link('access', undefined, { tab: 'audit' })}>all changes</a>}>
                  <Show of={changes} height="10rem">
                    {({ data }) =>
                      data.length ? (
                        <table>
                          <tbody>
                            {data.map((change, i) => (
                              <tr key={i}>
                                <td class="nowrap muted">
                                  <At at={change.at} />
                                </td>
                                <td class="grow">{told(change)}</td>
                                <td class="right wide-only">
                                  <Badge>{change.actor}</Badge>
                                </td>
                              </tr>
                            ))}
                          </tbody>
                        </table>
                      ) : (
                        <Empty title="Nothing was changed yet">
                          <p>Changed cards, keys and routers, and experts that go down, are listed here.</p>
                        </Empty>
                      )
                    }
                  </Show>
                  {routers.data && (
                    <p class="muted small">
                      Router <a href={link('routers')}>{routers.data.serving}</a> serves.
                    </p>
                  )}
                </Panel>
                {working.length > 0 && (
                  <Panel title="Experts at work" hint="those asked most; failures in red">
                    <div class="multiples">
                      {working.slice(0, 24).map((expert) => {
                        const mine = new Map(expert.series.map((step) => [Date.parse(step.at) / 1000, step]));
                        const fare = expert.health;
                        return (
                          <a key={expert.expert} class="multiple" href={link('experts', expert.expert)}>
                            <span class="top">
                              <b>{expert.expert}</b>
                              {fare && fare.status !== 'up' && fare.status !== 'unknown' && <HealthMark status={fare.status} reason={fare.reason} />}
                            </span>
                            <Bars
                              values={at.map((each) => mine.get(each)?.calls ?? 0)}
                              bad={at.map((each) => mine.get(each)?.failed ?? 0)}
                              label={`${expert.calls} calls, ${expert.failed} failed`}
                            />
                            <span class="muted small">
                              {plural(expert.calls, 'call')} · {ms(expert.mean_ms)} · {usd(expert.usd)}
                              {expert.failed > 0 && ` · ${share(expert.failed / expert.calls)} failed`}
                            </span>
                          </a>
                        );
                      })}
                    </div>
                  </Panel>
                )}
              </>
            );
          }}
        </Show>
      </div>
    </Screen>
  );
}

/** Two percentiles over time, on a scale of their own. */
function Latency(props: { title: string; hint: string; at: number[]; median: (number | null)[]; most: (number | null)[]; total: [number | null, number | null] }) {
  return (
    <Panel class="third" title={props.title} hint={props.hint}>
      <TimeChart
        label={`${props.title}: median ${ms(props.total[0])}, 99th percentile ${ms(props.total[1])}`}
        at={props.at}
        height={150}
        lines={[
          { label: 'Median', values: props.median, color: '--series-1', format: ms },
          { label: '99th percentile', values: props.most, color: '--series-2', format: ms },
        ]}
      />
    </Panel>
  );
}

function Stat(props: { name: string; value: string; note: string; to?: string }) {
  const all = (
    <>
      <span class="stat-name">{props.name}</span>
      <span class="stat-value">{props.value}</span>
      <span class="stat-note">{props.note}</span>
    </>
  );
  return props.to ? <a class="stat" href={props.to}>{all}</a> : <div class="stat">{all}</div>;
}
