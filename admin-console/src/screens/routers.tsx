import { useState } from 'preact/hooks';
import { get, post, remove, type Job, type Schemas } from '../api';
import { count, decimal, share } from '../format';
import { useEvents } from '../live';
import { useAction, useLoad, useTicking } from '../load';
import { refine } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Confirm, Empty, Facts, Field, needs, Panel, Progress, Screen, Scroll, Show, Trouble, useMay } from '../ui';

type Version = Schemas['RouterVersion'];

const over = new Set<Job['state']>(['done', 'failed', 'cancelled', 'interrupted']);

/** Names in a row, not all of ten thousand. */
const some = (names: string[]): string => names.slice(0, 50).join(', ') + (names.length > 50 ? `, and ${count(names.length - 50)} more` : '');

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
  const [trying, setTrying] = useState<{ what: 'shadow' | 'canary'; version: Version }>();
  const [part, setPart] = useState('10');
  const act = useAction(async (what: 'shadow' | 'canary' | 'rollback', id?: string) => {
    if (what === 'shadow') await post('/v1/routers/{id}/shadow', { id: id!, body: {} });
    else if (what === 'canary') await post('/v1/routers/{id}/canary', { id: id!, body: { share: Number(part) / 100 } });
    else await post('/v1/routers/rollback', { body: {} });
    setBack(false);
    setTrying(undefined);
    versions.reload();
  });
  const [back, setBack] = useState(false);
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
      actions={
        <>
          <Button why={why ?? (versions.data?.data.some((version) => version.state !== 'draft') ? undefined : 'There is nothing to go back from.')} onClick={() => setBack(true)}>Roll back</Button>
          <Button kind="main" why={why} disabled={fit.busy || running} onClick={() => fit.run()}>Fit a version</Button>
        </>
      }
    >
      <div class="stack">
        <Trouble error={fit.error ?? stop.error ?? act.error} />
        {back && (
          <Confirm title="Roll back?" act="Roll back" busy={act.busy} error={act.error} confirm={() => act.run('rollback')} close={() => setBack(false)}>
            <p>A trial under way ends. Where there is none, the version that served before serves again, on all replicas within seconds.</p>
          </Confirm>
        )}
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
        {trying && (
          <Confirm
            title={trying.what === 'shadow' ? `Let ${trying.version.id} decide unheeded?` : `Try ${trying.version.id} on a part of the questions?`}
            act={trying.what === 'shadow' ? 'Shadow' : 'Begin the canary'}
            busy={act.busy}
            error={act.error}
            confirm={() => act.run(trying.what, trying.version.id)}
            close={() => setTrying(undefined)}
          >
            {trying.what === 'shadow' ? (
              <p>It decides every new question beside {versions.data?.serving}, and nobody hears it: you see how often both would have asked the same. Another trial under way ends.</p>
            ) : (
              <>
                <p>The questions it gets are asked as it decides, the others as {versions.data?.serving} does, and what is said of both is compared. Another trial under way ends.</p>
                <Field label="Per cent of the questions" hint="more than 0, less than 100">
                  {(id, described) => <input id={id} inputMode="decimal" aria-describedby={described} value={part} onInput={(event) => setPart(event.currentTarget.value)} />}
                </Field>
              </>
            )}
          </Confirm>
        )}
        {promoting && (
          <Confirm title={`Promote ${promoting.id}?`} act="Promote it" busy={promote.busy} error={promote.error} confirm={() => promote.run()} close={() => setPromoting(undefined)}>
            <p>It will decide for every new question, on all replicas within seconds. {versions.data?.serving} serves now; rolling back brings it back.</p>
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
                                <td>{version.serving ? <Badge tone="good">serves</Badge> : <Badge tone={version.state === 'canary' || version.state === 'shadow' ? 'accent' : 'plain'}>{version.state}{version.state === 'canary' ? ` ${share(version.share)}` : ''}</Badge>}</td>
                                <td class="nowrap muted"><At at={version.created} /></td>
                                {metrics.map((name) => <td key={name} class="num">{version.metrics[name] === undefined ? '–' : decimal(version.metrics[name]!)}</td>)}
                                <td class="num">{count(version.experts.length)}</td>
                                <td>
                                  {!version.serving && (
                                    <div class="actions end">
                                      {version.state !== 'shadow' && <Button kind="quiet" why={why} disabled={act.busy} title="decides beside the one that serves, unheeded" onClick={() => setTrying({ what: 'shadow', version })}>Shadow</Button>}
                                      {version.state !== 'canary' && <Button kind="quiet" why={why} disabled={act.busy} title="decides a part of the questions" onClick={() => setTrying({ what: 'canary', version })}>Canary</Button>}
                                      <Button why={why} onClick={() => setPromoting(version)}>Promote</Button>
                                    </div>
                                  )}
                                </td>
                              </tr>
                              {open === version.id && (
                                <tr key={version.id + '?'}>
                                  <td colSpan={5 + metrics.length}>
                                    <div class="stack">
                                      {version.warning && <p class="note warn">{version.warning}</p>}
                                      <Facts of={[...Object.entries(version.metrics).map(([name, value]): [string, string] => [name.replaceAll('_', ' '), decimal(value)]), ['Embedder', version.embedder], ['Fingerprint', version.fingerprint.slice(0, 16)]]} />
                                      {version.trial && (
                                        <Facts
                                          of={[
                                            ['Compared questions', count(version.trial.questions ?? 0)],
                                            ['Same plan', share(version.trial.same_plan ?? 0)],
                                            ['Judged as canary', `${count(version.trial.judged ?? 0)}, mean ${decimal(version.trial.score ?? 0)}`],
                                            ['Judged of the one that serves', `${count(version.trial.serving_judged ?? 0)}, mean ${decimal(version.trial.serving_score ?? 0)}`],
                                            ['Verdict', version.trial.verdict ?? 'wait'],
                                          ]}
                                        />
                                      )}
                                      {version.planner && <Facts of={Object.entries(version.planner).map(([name, text]): [string, string] => [name.replaceAll('_', ' '), text])} />}
                                      <p class="small"><b>Knows</b> <span class="muted">{some(version.experts)}</span></p>
                                      {version.known_by_card_only.length > 0 && <p class="small"><b>Goes by the card of</b> <span class="muted">{some(version.known_by_card_only)}</span></p>}
                                      {version.not_registered.length > 0 && <p class="small"><b>Not registered any more</b> <span class="muted">{some(version.not_registered)}</span></p>}
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
