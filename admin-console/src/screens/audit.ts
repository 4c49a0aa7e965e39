import type { Schemas } from '../api';

/** A change in words. */
export function told(change: Schemas['Change']): string {
  const note = change.note ? `: ${change.note}` : '';
  if (change.actor === 'consilium') return `${change.subject} went ${change.action}${note}`;
  const subject = decodeURIComponent(change.subject);
  const of = (prefix: string) => subject.slice(prefix.length);
  if (subject.startsWith('/v1/experts/') && subject.endsWith('/interview')) {
    return `interviewed ${of('/v1/experts/').slice(0, -'/interview'.length)}${note}`;
  }
  if (subject.startsWith('/v1/experts')) {
    const id = of('/v1/experts/');
    if (change.action === 'DELETE') return `retired ${id}${note}`;
    return change.action === 'POST' ? `added ${change.note || 'an expert'}` : `wrote the card of ${id}${note}`;
  }
  if (subject.startsWith('/v1/keys')) {
    const verb: Record<string, string> = { DELETE: 'revoked', PATCH: 'changed' };
    return `${verb[change.action] ?? 'made'} the key ${change.note || of('/v1/keys/')}`;
  }
  if (subject.startsWith('/v1/tools/')) return `approved ${of('/v1/tools/').replace(/\/approve$/, '')}${note}`;
  if (subject === '/v1/routers/rollback') return `rolled the router back${note}`;
  const trial = /^\/v1\/routers\/(.*)\/(shadow|canary|evaluate)$/.exec(subject);
  if (trial) return `${trial[2]}: ${trial[1]}${note}`;
  if (subject.endsWith('/promote')) return `promoted ${of('/v1/routers/').slice(0, -'/promote'.length)}${note}`;
  if (subject === '/v1/routers') return `began to fit a router${note}`;
  if (subject === '/v1/outcomes') return `added outcomes${note}`;
  if (subject === '/v1/replays') return `began a replay${note}`;
  if (subject === '/v1/forget') return `had something forgotten${note}`;
  if (subject === '/v1/discovery') return `registered what was found${note}`;
  if (subject === '/v1/recruit') return `recruited a team${note}`;
  if (change.action === 'DELETE') return `cancelled ${of('/v1/')}${note}`;
  return `${change.action} ${subject}${note}`;
}
