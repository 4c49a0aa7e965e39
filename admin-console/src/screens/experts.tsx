import { get, type Expert } from '../api';
import { decimal, ms, p } from '../format';
import { useEvents } from '../live';
import { usePages } from '../load';
import { go, link, refine } from '../route';
import type { ScreenProps } from '../app';
import { Badge, Button, Dialog, Empty, HealthMark, More, needs, Panel, Screen, Scroll, Search, Select, Show, useMay } from '../ui';
import { CardDialog } from './card';
import { Found } from './start';

export const skills = (expert: Expert): string[] =>
  (expert.skills ?? []).map((skill) => (typeof skill === 'string' ? skill : (Object.keys(skill)[0] ?? '')));

export const price = (expert: Expert): string => {
  const of = expert.price;
  if (!of) return '–';
  const parts: string[] = [];
  if (of.input || of.output) parts.push(`$${decimal(of.input ?? 0)} / $${decimal(of.output ?? 0)}`);
  if (of.call) parts.push(`$${decimal(of.call)} a call`);
  return parts.join(' + ') || 'free';
};

const kinds = ['llm', 'adapter', 'classifier', 'tool', 'retriever', 'composition', 'variant'];

export function Experts({ route }: ScreenProps) {
  const may = useMay('change');
  const value = (name: string) => route.query.get(name) ?? '';
  const query = {
    limit: 100,
    ...(value('q') ? { q: value('q') } : {}),
    ...(value('kind') ? { kind: value('kind') as 'llm' } : {}),
    ...(value('health') ? { health: value('health') as 'up' } : {}),
    ...(value('residency') ? { residency: value('residency') as 'awake' } : {}),
  };
  const key = JSON.stringify(query);
  const pages = usePages(key, (after, signal) => get('/v1/experts', { query: { ...query, ...(after ? { after } : {}) }, signal }));
  const { all } = pages;
  useEvents(['health', 'change'], pages.refresh);
  const filtered = ['q', 'kind', 'health', 'residency'].some(value);
  return (
    <Screen
      title="Experts"
      lead="Anything that answers: models, classifiers, tools, documents, compositions."
      actions={
        <>
          <Button why={may ? undefined : needs('operator or admin')} onClick={() => refine(route, { find: 'yes' })}>Find some here</Button>
          <Button kind="main" why={may ? undefined : needs('operator or admin')} onClick={() => refine(route, { add: 'yes' })}>Add an expert</Button>
        </>
      }
    >
      {value('find') && may && (
        <Dialog wide title="Found on this machine" close={() => refine(route, { find: undefined })}>
          <Found registered={pages.first.reload} />
        </Dialog>
      )}
      {value('add') && may && <CardDialog close={() => refine(route, { add: undefined })} done={(id) => go(link('experts', id))} />}
      <div class="filters" role="search">
        <Search label="Id, description or skill" value={value('q')} change={(q) => refine(route, { q })} />
        <Select label="Kind" value={value('kind')} options={[['', 'any kind'], ...kinds.map((kind): [string, string] => [kind, kind])]} change={(kind) => refine(route, { kind })} />
        <Select label="Health" value={value('health')} options={[['', 'any health'], ['up', 'up'], ['degraded', 'degraded'], ['down', 'down'], ['unknown', 'not probed']]} change={(health) => refine(route, { health })} />
        <Select label="In memory" value={value('residency')} options={[['', 'in memory or not'], ['awake', 'awake'], ['asleep', 'asleep'], ['cold', 'cold']]} change={(residency) => refine(route, { residency })} />
        {filtered && <Button kind="quiet" onClick={() => location.replace(link('experts'))}>Clear</Button>}
      </div>
      <Panel>
        <Show of={pages.first} height="30rem">
          {() => {
            return all.length === 0 ? (
              <Empty title={filtered ? 'No expert fits these filters' : 'There is no expert'}>
                <p>{filtered ? 'Clear a filter.' : 'Add one with its address; a key is given as ${NAME} of an environment variable.'}</p>
              </Empty>
            ) : (
              <>
                <Scroll label="Experts">
                  <table>
                    <thead>
                      <tr>
                        <th>Expert</th><th>Kind</th><th>Health</th><th>Skills</th>
                        <th class="num">Measured</th><th class="num">Time</th><th class="num">Price per 1M tokens</th>
                      </tr>
                    </thead>
                    <tbody>
                      {all.map((expert) => {
                        const there = link('experts', expert.id);
                        const has = skills(expert);
                        return (
                          <tr key={expert.id} class="link" onClick={() => go(there)}>
                            <td class="nowrap"><a href={there} onClick={(event) => event.stopPropagation()}><b>{expert.id}</b></a></td>
                            <td class="nowrap"><Badge>{expert.kind}</Badge>{expert.residency && expert.residency.state !== 'awake' && <> <Badge tone="warn">{expert.residency.state}</Badge></>}</td>
                            <td><HealthMark status={expert.health?.status ?? 'unknown'} {...(expert.health?.reason ? { reason: expert.health.reason } : {})} /></td>
                            <td class="grow muted" title={has.join(', ')}>{has.slice(0, 5).join(', ') || expert.description}</td>
                            <td class="num">{expert.interview ? p(expert.interview.accuracy.value) : <span class="muted">–</span>}</td>
                            <td class="num">{expert.latency_ms ? ms(expert.latency_ms) : <span class="muted">–</span>}</td>
                            <td class="num">{price(expert)}</td>
                          </tr>
                        );
                      })}
                    </tbody>
                  </table>
                </Scroll>
                <More shown={all.length} total={pages.total} next={pages.next} text="More" older={pages.older} trouble={pages.trouble} />
              </>
            );
          }}
        </Show>
      </Panel>
    </Screen>
  );
}
