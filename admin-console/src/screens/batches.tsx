import { get, post, type Schemas } from '../api';
import { count } from '../format';
import { useAction, usePages, useTicking } from '../load';
import type { ScreenProps } from '../app';
import { At, Badge, Button, Confirm, Empty, More, Panel, Progress, Screen, Scroll, Show, type Tone } from '../ui';
import { useState } from 'preact/hooks';

type Batch = Schemas['Batch'];

const tones: Record<Batch['status'], Tone> = {
  validating: 'accent',
  in_progress: 'accent',
  finalizing: 'accent',
  completed: 'good',
  failed: 'bad',
  expired: 'warn',
  cancelling: 'warn',
  cancelled: 'plain',
};

const under = new Set<Batch['status']>(['validating', 'in_progress', 'finalizing', 'cancelling']);

const time = (seconds: number): string => new Date(1000 * seconds).toISOString();

const reached = ({ total, completed, failed }: Batch['request_counts']): string =>
  total === 0 ? 'not counted yet' : `${count(completed)} of ${count(total)}${failed ? `, ${count(failed)} failed` : ''}`;

export function Batches(_: ScreenProps) {
  const pages = usePages('batches', async (after, signal) => {
    const page = await get('/v1/batches', { query: { limit: 50, ...(after ? { after } : {}) }, signal });
    return { data: page.data, next: page.has_more ? page.last_id : null };
  });
  useTicking(pages.all.some((batch) => under.has(batch.status)), 1500, pages.refresh);
  const [stopping, setStopping] = useState<Batch>();
  const stop = useAction(async () => {
    await post('/v1/batches/{id}/cancel', { id: stopping!.id });
    setStopping(undefined);
    pages.first.reload();
  });
  return (
    <Screen title="Batches" lead="Many questions in one file, answered when there is time. A key sees its own only.">
      {stopping && (
        <Confirm danger title="Cancel this batch?" act="Cancel it" busy={stop.busy} error={stop.error} confirm={() => stop.run()} close={() => setStopping(undefined)}>
          <p>{reached(stopping.request_counts)}. What was answered comes in its files; the rest is not asked.</p>
        </Confirm>
      )}
      <Panel>
        <Show of={pages.first} height="20rem">
          {() =>
            pages.all.length === 0 ? (
              <Empty title="This key has no batch">
                <p>Write a request a line, as for <code>/v1/chat/completions</code>, and hand the file in:</p>
                <pre>./consilium batches submit requests.jsonl</pre>
              </Empty>
            ) : (
              <>
                <Scroll label="Batches">
                  <table>
                    <thead><tr><th>Made</th><th>State</th><th>Answered</th><th>Batch</th><th>Time ends</th><th>Files</th><th><span class="sr-only">Cancel</span></th></tr></thead>
                    <tbody>
                      {pages.all.map((batch) => (
                        <tr key={batch.id}>
                          <td class="nowrap muted"><At at={time(batch.created_at!)} /></td>
                          <td>
                            <Badge tone={tones[batch.status]}>{batch.status.replaceAll('_', ' ')}</Badge>
                            {batch.errors?.data.slice(0, 3).map((error, i) => <p key={i} class="error-text">{error.line ? `line ${error.line}: ` : ''}{error.message}</p>)}
                          </td>
                          <td class="axis">
                            {under.has(batch.status) ? (
                              <Progress
                                value={batch.request_counts.total ? (batch.request_counts.completed + batch.request_counts.failed) / batch.request_counts.total : 0}
                                label={reached(batch.request_counts)}
                              />
                            ) : reached(batch.request_counts)}
                          </td>
                          <td class="nowrap"><span class="mono">{batch.id}</span><br /><span class="muted small">{batch.endpoint}</span></td>
                          <td class="nowrap muted">{under.has(batch.status) && <At at={time(batch.expires_at!)} />}</td>
                          <td class="nowrap">
                            {batch.output_file_id && <a href={`./v1/files/${batch.output_file_id}/content`} download={`${batch.id}.jsonl`}>answers</a>}
                            {batch.output_file_id && batch.error_file_id && ' · '}
                            {batch.error_file_id && <a href={`./v1/files/${batch.error_file_id}/content`} download={`${batch.id}-errors.jsonl`}>errors</a>}
                          </td>
                          <td class="right">
                            {under.has(batch.status) && <Button disabled={batch.status === 'cancelling'} onClick={() => setStopping(batch)}>Cancel</Button>}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
                <More shown={pages.all.length} next={pages.next} text="Older ones" older={pages.older} trouble={pages.trouble} />
              </>
            )
          }
        </Show>
      </Panel>
    </Screen>
  );
}
