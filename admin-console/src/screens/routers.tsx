import { useState } from 'preact/hooks';
import { get, post, remove, type Job, type Schemas } from '../api';
import { count, decimal } from '../format';
import { useEvents } from '../live';
import { useAction, useLoad, useTicking } from '../load';
import { refine } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Confirm, Empty, Facts, needs, Panel, Progress, Screen, Scroll, Show, Trouble, useMay } from '../ui';

type Version = Schemas['RouterVersion'];

const over = new Set<Job['state']>(['done', 'failed', 'cancelled', 'interrupted']);

export function Routers({ route }: ScreenProps) {
  const may = useMay('change');
  const why = may ? undefined : needs('operator or admin');
  const versions = useLoad('routers', (signal) => get('/v1/routers', { signal }));
  useEvents(['router', 'change'], versions.reload);
  const [promoting, setPromoting] = useState<Version>();
  const promote = useAction(async () => {
    await post('/v1/routers/{id}/promote', { id: promoting!.id, body: {} });
    setPromoting(undefined);
    versions.reload();
  });
  const [job, setJob] = useState<Job>();
  const running = job !== undefined && !over.has(job.state);
  const fit = useAction(async () => setJob(await post('/v1/routers', { body: {} })));
  const stop = useAction(async () => setJob(await remove('/v1/jobs/{id}', { id: job!.id })));
  useTicking(running, 700, () => {
    void get('/v1/jobs/{id}', { id: job!.id }).then((now) => {
      setJob(now);
      if (over.has(now.state)) versions.reload();
    });
  });
  const open = route.query.get('open');
  return (
    <Screen
      title="Routers"
      lead="Versions fitted to the outcomes on record. One serves; promoting another changes who is asked."
      actions={<Button kind="main" why={why} disabled={fit.busy || running} onClick={() => fit.run()}>Fit a version</Button>}
    >
      <div class="stack">
        <Trouble error={fit.error ?? stop.error} />
        {job && (
          <Panel title="Fitting">
            {running ? (
              <>
                <Progress value={job.progress} label={job.doing || job.state} />
                <div class="actions"><Button kind="quiet" onClick={() => stop.run()}>Stop it</Button></div>
              </>
            ) : (
              <p>{job.state === 'done' ? 'A version was fitted. Look at its metrics, then promote it.' : (job.failure ?? `It was ${job.state}.`)}</p>
            )}
          </Panel>
        )}
        {promoting && (
          <Confirm title={`Promote ${promoting.id}?`} act="Promote it" busy={promote.busy} error={promote.error} confirm={() => promote.run()} close={() => setPromoting(undefined)}>
            <p>It will decide for every new question, on all replicas within seconds. {versions.data?.serving} serves now; promote that one again to go back.</p>
            {promoting.warning && <p class="note warn">{promoting.warning}</p>}
          </Confirm>
        )}
        <Panel>
          <Show of={versions} height="16rem">
            {({ data, serving }) => {
              const metrics = [...new Set(data.flatMap((version) => Object.keys(version.metrics)))].slice(0, 6);
              return (
                <>
                  <p><b>{serving}</b> serves now.{data.every((version) => !version.serving) && ' It goes by cards only: nothing was fitted and promoted yet.'}</p>
                  {data.length === 0 ? (
                    <Empty title="No version was fitted">
                      <p>A router is fitted from outcomes: how right which expert was on which question. Import some, or let the service ask questions with known answers:</p>
                      <pre>./consilium evaluate --questions FILE --budget 1</pre>
                    </Empty>
                  ) : (
                    <Scroll label="Router versions">
                      <table>
                        <thead>
                          <tr><th>Version</th><th>State</th><th>Made</th>{metrics.map((name) => <th key={name} class="num">{name.replaceAll('_', ' ')}</th>)}<th class="num">Experts</th><th /></tr>
                        </thead>
                        <tbody>
                          {data.map((version) => (
                            <>
                              <tr key={version.id}>
                                <td class="nowrap">
                                  <button type="button" class="button quiet" aria-expanded={open === version.id} onClick={() => refine(route, { open: open === version.id ? undefined : version.id })}>{version.id}</button>
                                </td>
                                <td>{version.serving ? <Badge tone="good">serves</Badge> : <Badge>{version.state}</Badge>}</td>
                                <td class="nowrap muted"><At at={version.created} /></td>
                                {metrics.map((name) => <td key={name} class="num">{version.metrics[name] === undefined ? '–' : decimal(version.metrics[name]!)}</td>)}
                                <td class="num">{count(version.experts.length)}</td>
                                <td class="right">{!version.serving && <Button why={why} onClick={() => setPromoting(version)}>{version.state === 'retired' ? 'Roll back' : 'Promote'}</Button>}</td>
                              </tr>
                              {open === version.id && (
                                <tr key={version.id + '?'}>
                                  <td colSpan={5 + metrics.length}>
                                    <div class="stack">
                                      {version.warning && <p class="note warn">{version.warning}</p>}
                                      <Facts of={[...Object.entries(version.metrics).map(([name, value]): [string, string] => [name.replaceAll('_', ' '), decimal(value)]), ['Embedder', version.embedder], ['Fingerprint', version.fingerprint.slice(0, 16)]]} />
                                      {version.planner && <Facts of={Object.entries(version.planner).map(([name, text]): [string, string] => [name.replaceAll('_', ' '), text])} />}
                                      <p class="small"><b>Knows</b> <span class="muted">{version.experts.join(', ')}</span></p>
                                      {version.known_by_card_only.length > 0 && <p class="small"><b>Goes by the card of</b> <span class="muted">{version.known_by_card_only.join(', ')}</span></p>}
                                      {version.not_registered.length > 0 && <p class="small"><b>Not registered any more</b> <span class="muted">{version.not_registered.join(', ')}</span></p>}
                                    </div>
                                  </td>
                                </tr>
                              )}
                            </>
                          ))}
                        </tbody>
                      </table>
                    </Scroll>
                  )}
                </>
              );
            }}
          </Show>
        </Panel>
      </div>
    </Screen>
  );
}
