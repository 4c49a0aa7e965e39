import { get, type Decision } from '../api';
import { ms, usd } from '../format';
import { useEvents } from '../live';
import { usePages } from '../load';
import { go, link, refine } from '../route';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Empty, More, Panel, Screen, Scroll, Search, Select, Show } from '../ui';

export const answering = (decision: Decision): string[] => {
  const answered = decision.replies.filter((reply) => !reply.failure).map((reply) => reply.expert);
  return answered.length ? answered : decision.replies.map((reply) => reply.expert);
};

export function Verdict({ decision }: { decision: Decision }) {
  if (decision.failure) return <Badge tone="bad">{decision.failure.kind.toLowerCase().replaceAll('_', ' ')}</Badge>;
  if (decision.route.plan.type === 'abstain') return <Badge tone="warn">abstained</Badge>;
  if (decision.cached) return <Badge tone="accent">from the cache</Badge>;
  return <Badge tone="good">answered</Badge>;
}

type Query = NonNullable<Parameters<typeof get<'/v1/decisions'>>[1]>['query'];

export function Decisions({ route }: ScreenProps) {
  const value = (name: string) => route.query.get(name) ?? '';
  const failed = value('failed');
  const query: Query = { limit: 50 };
  if (value('q')) query.q = value('q');
  if (value('expert')) query.expert = value('expert');
  if (value('model')) query.model = value('model');
  if (value('tenant')) query.tenant = value('tenant');
  if (value('plan')) query.plan = value('plan') as 'one';
  if (value('sample')) query.sample = value('sample') as 'audit';
  if (failed) query.failed = failed === 'true';
  // a time that is none is left out, whatever a link says
  const time = (name: string) => (Number.isNaN(Date.parse(value(name))) ? undefined : new Date(value(name)).toISOString());
  const [from, to] = [time('from'), time('to')];
  if (from) query.from = from;
  if (to) query.to = to;
  const key = JSON.stringify(query);
  const pages = usePages(key, (after, signal) => get('/v1/decisions', { query: { ...query, ...(after ? { after } : {}) }, signal }));
  const { all } = pages;
  useEvents(['decisions'], pages.refresh);
  const filtered = [...route.query.keys()].length > 0;

  return (
    <Screen title="Decisions" lead="Every question, who was asked, and what it cost. Newest first.">
      <div class="filters" role="search">
        <Search label="Said in question or answer" value={value('q')} change={(q) => refine(route, { q })} />
        <Search label="Asked this expert" value={value('expert')} change={(expert) => refine(route, { expert })} />
        <Search label="Model asked for" value={value('model')} change={(model) => refine(route, { model })} />
        <Select
          label="Plan"
          value={value('plan')}
          options={[['', 'any plan'], ['one', 'one'], ['cascade', 'cascade'], ['panel', 'panel'], ['chain', 'chain'], ['abstain', 'abstained'], ['cached', 'from the cache']]}
          change={(plan) => refine(route, { plan })}
        />
        <Select
          label="Outcome"
          value={failed}
          options={[['', 'answered or not'], ['false', 'answered'], ['true', 'failed']]}
          change={(now) => refine(route, { failed: now })}
        />
        <Select
          label="Sample"
          value={value('sample')}
          options={[['', 'sampled or not'], ['audit', 'of the uniform sample'], ['waiting', 'of it, not judged yet']]}
          change={(sample) => refine(route, { sample })}
        />
        <div class="actions">
        <label class="check small muted">
          from
          <input type="datetime-local" value={value('from')} onChange={(event) => refine(route, { from: event.currentTarget.value })} />
        </label>
        <label class="check small muted">
          to
          <input type="datetime-local" value={value('to')} onChange={(event) => refine(route, { to: event.currentTarget.value })} />
        </label>
        </div>
        {filtered && <Button kind="quiet" onClick={() => location.replace(link('decisions'))}>Clear</Button>}
      </div>
      <Panel>
        <Show of={pages.first} height="30rem">
          {() => {
            const more = <More shown={all.length} next={pages.next} text={value('q') ? 'Look further back' : 'Older ones'} older={pages.older} trouble={pages.trouble} />;
            if (all.length === 0 && pages.next) {
              return (
                <>
                  <Empty title="Nothing found so far"><p>The newest decisions do not say it. Look further back, or narrow the time.</p></Empty>
                  {more}
                </>
              );
            }
            return all.length === 0 ? (
              <Empty title={filtered ? 'No decision fits these filters' : 'Nothing was decided yet'}>
                {filtered ? <p>Clear a filter, or widen the time.</p> : <p>Ask something in the <a href={link('playground')}>playground</a>.</p>}
              </Empty>
            ) : (
              <>
                <Scroll label="Decisions">
                  <table>
                    <thead>
                      <tr>
                        <th>When</th>
                        <th>Question</th>
                        <th>Plan</th>
                        <th>Who</th>
                        <th>Outcome</th>
                        <th class="num">Time</th>
                        <th class="num">Price</th>
                      </tr>
                    </thead>
                    <tbody>
                      {all.map((decision) => {
                        const who = answering(decision);
                        const there = link('decisions', decision.id);
                        return (
                          <tr key={decision.id} class="link" onClick={() => go(there)}>
                            <td class="nowrap muted"><At at={decision.at} /></td>
                            <td class="grow">
                              <a href={there} onClick={(event) => event.stopPropagation()}>
                                {decision.question ?? `(${decision.profile.characters} characters, not recorded)`}
                              </a>
                            </td>
                            <td><Badge tone="accent">{decision.route.plan.type}</Badge></td>
                            <td class="nowrap">{who[0] ?? '–'}{who.length > 1 && <span class="muted"> +{who.length - 1}</span>}</td>
                            <td><Verdict decision={decision} /></td>
                            <td class="num">{ms(decision.millis)}</td>
                            <td class="num">{usd(decision.usd)}</td>
                          </tr>
                        );
                      })}
                    </tbody>
                  </table>
                </Scroll>
                {more}
              </>
            );
          }}
        </Show>
      </Panel>
    </Screen>
  );
}
