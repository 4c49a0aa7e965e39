import { useState } from 'preact/hooks';
import { get, post, type Schemas } from '../api';
import { count, share } from '../format';
import { useAction, useLoad, useTicking } from '../load';
import { link } from '../route';
import { Badge, Button, Confirm, Empty, Facts, Field, needs, Panel, Screen, Scroll, Show, Trouble, useMay, type Tone } from '../ui';

type Worker = Schemas['Worker'];

const tones: Record<string, Tone> = { awake: 'good', asleep: 'warn', cold: 'plain', down: 'bad' };
const engines: Record<Worker['engine'], string> = { vllm: 'vLLM', sglang: 'SGLang', llama_cpp: 'llama.cpp', embedded: 'the bundled engine' };

export function Workers() {
  const may = useMay('keys');
  const workers = useLoad('workers', (signal) => (may ? get('/v1/workers', { signal }) : Promise.resolve({ data: [], next: null })));
  useTicking(may, 5_000, workers.reload);
  return (
    <Screen title="Workers" lead="Inference engines: their models, adapters and queues.">
      {!may ? (
        <p class="note">{needs('admin')}</p>
      ) : (
        <Show of={workers} height="16rem">
          {({ data }) =>
            data.length === 0 ? (
              <Panel>
                <Empty title="No worker is attached">
                  <p>
                    The bundled one starts with the service unless it was left out; vLLM, SGLang and llama.cpp are named under workers in experts.yaml. A server that only
                    answers can be <a href={link('experts', undefined, { add: 'yes' })}>added as an expert</a>.
                  </p>
                </Empty>
              </Panel>
            ) : (
              <div class="stack">
                {data.map((worker) => <One key={worker.name} worker={worker} reload={workers.reload} />)}
              </div>
            )
          }
        </Show>
      )}
    </Screen>
  );
}

function One({ worker, reload }: { worker: Worker; reload: () => void }) {
  const [leaving, setLeaving] = useState<string>();
  const [adapter, setAdapter] = useState('');
  const [path, setPath] = useState('');
  const can = (ability: Worker['abilities'][number]) => worker.abilities.includes(ability);
  const act = useAction(async (what: 'sleep' | 'wake' | 'load' | 'unload', name?: string) => {
    const id = worker.name;
    if (what === 'load') {
      await post('/v1/workers/{id}/load', { id, body: { adapter: adapter.trim(), path: path.trim() } });
      setAdapter('');
      setPath('');
    } else if (what === 'unload') {
      await post('/v1/workers/{id}/unload', { id, body: { adapter: name! } });
      setLeaving(undefined);
    } else if (what === 'sleep') await post('/v1/workers/{id}/sleep', { id, body: {} });
    else await post('/v1/workers/{id}/wake', { id, body: {} });
    reload();
  });
  const { load } = worker;
  return (
    <Panel
      title={worker.name}
      hint={`${engines[worker.engine]} at ${worker.url}`}
      actions={
        <>
          <Badge tone={tones[worker.state] ?? 'plain'}>{worker.state}</Badge>
          {can('sleep') && worker.state !== 'down' && (
            <Button disabled={act.busy} onClick={() => act.run(worker.state === 'asleep' ? 'wake' : 'sleep')}>
              {worker.state === 'asleep' ? 'Wake' : 'Put to sleep'}
            </Button>
          )}
        </>
      }
    >
      <div class="stack">
        {leaving === undefined && <Trouble error={act.error} />}
        {worker.trouble && <p class="note warn">{worker.trouble}</p>}
        {load && (
          <Facts
            of={[
              ['Running', count(load.running)],
              ['Waiting', count(load.waiting)],
              ['Cache in use', share(load.cache_use)],
              ['Can', worker.abilities.map((ability) => ability.replaceAll('_', ' ')).join(', ')],
            ]}
          />
        )}
        <Scroll label={`What ${worker.name} serves`}>
          <table>
            <thead>
              <tr><th>Expert</th><th>Kind</th><th>On</th><th class="num">Context</th><th class="num">Active experts</th><th>In memory</th><th /></tr>
            </thead>
            <tbody>
              {worker.models.map((model) => (
                <tr key={model.name}>
                  <td class="nowrap"><a href={link('experts', model.expert)}>{model.expert}</a></td>
                  <td>{model.kind}</td>
                  <td>{model.base ?? '–'}</td>
                  <td class="num">{model.context > 0 ? count(model.context) : '–'}</td>
                  <td class="num">{model.active_experts > 0 ? count(model.active_experts) : '–'}</td>
                  <td><Badge tone={tones[model.residency] ?? 'plain'}>{model.residency}</Badge></td>
                  <td>
                    {model.kind === 'adapter' && can('adapter_loading') && (
                      <div class="actions end"><Button kind="quiet" disabled={act.busy} onClick={() => setLeaving(model.name)}>Unload</Button></div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
        {can('adapter_loading') && worker.state !== 'down' && (
          <form
            class="form"
            onSubmit={(event) => {
              event.preventDefault();
              act.run('load');
            }}
          >
            <Field label="Adapter" hint="what to call it">
              {(id, described) => <input id={id} aria-describedby={described} required value={adapter} onInput={(event) => setAdapter(event.currentTarget.value)} />}
            </Field>
            <Field label="Where it lies" hint="as the worker sees it">
              {(id, described) => <input id={id} aria-describedby={described} required placeholder="/adapters/legal.gguf" value={path} onInput={(event) => setPath(event.currentTarget.value)} />}
            </Field>
            <div class="actions"><Button type="submit" disabled={act.busy}>Load it</Button></div>
          </form>
        )}
        {leaving !== undefined && (
          <Confirm title={`Unload ${leaving}?`} act="Unload it" danger busy={act.busy} error={act.error} confirm={() => act.run('unload', leaving)} close={() => setLeaving(undefined)}>
            <p>Its expert leaves the table at once; calls under way may fail over to others. It can be loaded again.</p>
          </Confirm>
        )}
      </div>
    </Panel>
  );
}
