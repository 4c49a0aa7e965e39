import { useState } from 'preact/hooks';
import { post, put, Refusal, type Expert, type Schemas } from '../api';
import { useAction } from '../load';
import { Button, Dialog, Field, Tabs, Trouble } from '../ui';

type Card = Record<string, unknown>;

const readOnly = ['version', 'owner', 'measured', 'health', 'residency', 'load', 'latency_ms', 'interview', 'state'];

const template: Card = {
  id: '',
  kind: 'llm',
  url: 'http://127.0.0.1:11434/v1',
  model: '',
  description: '',
  skills: [],
};

const written = (expert: Expert): Card =>
  Object.fromEntries(
    Object.entries(expert).filter(([name, value]) => !readOnly.includes(name) && value !== null && !(name === 'context' && value === 0)),
  );

const text = (card: Card, name: string): string => {
  const value = card[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

const skillText = (card: Card): string =>
  ((card['skills'] as Schemas['Skills'] | undefined) ?? [])
    .map((skill) => (typeof skill === 'string' ? skill : Object.entries(skill).map(([name, level]) => `${name}: ${level}`)[0]))
    .join(', ');

const skillsOf = (said: string): Schemas['Skills'] =>
  said
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [name = '', level] = part.split(':').map((each) => each.trim());
      return level === undefined || Number.isNaN(Number(level)) ? part : { [name]: Number(level) };
    });

/** Adds an expert, or changes one. What is wrong is said by the service and shown at its field. */
export function CardDialog(props: { expert?: Expert; close: () => void; done: (id: string) => void }) {
  const [card, setCard] = useState<Card>(() => (props.expert ? written(props.expert) : template));
  const [raw, setRaw] = useState<string>();
  const [unreadable, setUnreadable] = useState<string>();
  const save = useAction(async () => {
    let body = card;
    if (raw !== undefined) {
      try {
        body = JSON.parse(raw) as Card;
      } catch (error) {
        setUnreadable(`This is not JSON: ${(error as Error).message}`);
        return;
      }
    }
    setUnreadable(undefined);
    const saved = props.expert
      ? await put('/v1/experts/{id}', { id: props.expert.id, body: body as Schemas['ExpertCard'] })
      : await post('/v1/experts', { body: body as Schemas['ExpertCard'] });
    props.done(saved.id);
  });
  const wrong = save.error instanceof Refusal ? save.error.parameter : undefined;
  const at = (name: string) => (wrong === name || wrong?.startsWith(name + '.') || wrong?.startsWith(name + '[') ? save.error?.message : undefined);
  const set = (name: string, value: unknown) => {
    const next = { ...card };
    if (value === undefined) delete next[name];
    else next[name] = value;
    setCard(next);
  };
  const input = (name: string, label: string, hint?: string, more: { number?: boolean; disabled?: boolean; required?: boolean; wide?: boolean } = {}) => (
    <Field label={label} hint={hint} error={at(name)} {...(more.wide ? { wide: true } : {})}>
      {(id, described) => (
        <input
          id={id}
          value={text(card, name)}
          disabled={more.disabled}
          required={more.required}
          inputMode={more.number ? 'decimal' : undefined}
          aria-describedby={described}
          aria-invalid={at(name) ? true : undefined}
          onInput={(event) => {
            const value = event.currentTarget.value;
            set(name, value === '' ? undefined : more.number && !Number.isNaN(Number(value)) ? Number(value) : value);
          }}
        />
      )}
    </Field>
  );
  const price = (card['price'] as Record<string, number> | undefined) ?? {};
  const shownFields = ['id', 'url', 'model', 'provider', 'key', 'description', 'skills', 'context', 'price'];
  const secret = card['key'];
  const kept = typeof secret === 'object' && secret !== null;
  return (
    <Dialog wide title={props.expert ? `Change ${props.expert.id}` : 'Add an expert'} close={props.close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.run();
        }}
      >
        {props.expert && props.expert.owner !== 'api' && (
          <p class="note warn">
            This card is kept {props.expert.owner === 'file' ? 'in experts.yaml: change it there.' : 'by the service itself: add an expert of your own instead.'} The
            service refuses changes from here.
          </p>
        )}
        <Tabs
          label="Card"
          tabs={[['form', 'Form'], ['whole', 'Whole card']]}
          open={raw === undefined ? 'form' : 'whole'}
          change={(name) => {
            if (name === 'whole') {
              setRaw(raw ?? JSON.stringify(card, null, 2));
            } else if (raw !== undefined) {
              try {
                setCard(JSON.parse(raw) as Card);
                setRaw(undefined);
                setUnreadable(undefined);
              } catch (error) {
                setUnreadable(`This is not JSON: ${(error as Error).message}`);
              }
            }
          }}
        >
          {raw === undefined ? (
            <div class="form">
              {input('id', 'Id', props.expert ? 'cannot be changed' : 'letters, digits, . _ - / : @', { disabled: props.expert !== undefined, required: true })}
              {input('model', 'Model', 'as its server names it')}
              {input('url', 'Address', 'of an OpenAI-compatible server', { wide: true })}
              {input('provider', 'Provider', 'openai when empty; anthropic, gemini, ollama …')}
              <Field label="API key" hint={kept ? 'one is set; empty keeps it' : 'better a reference: ${NAME} or file:PATH'} error={at('key')}>
                {(id, described) => (
                  <input id={id} autocomplete="off" aria-describedby={described} value={kept ? '' : text(card, 'key')} onInput={(event) => set('key', event.currentTarget.value || (kept ? secret : undefined))} />
                )}
              </Field>
              <Field wide label="Description" hint="what it is good at, in plain words; routers read it" error={at('description')}>
                {(id, described) => (
                  <textarea id={id} rows={3} aria-describedby={described} value={text(card, 'description')} onInput={(event) => set('description', event.currentTarget.value)} />
                )}
              </Field>
              <Field wide label="Skills" hint="separated by commas; a level from -1 to 1 may follow: poetry: -0.5" error={at('skills')}>
                {(id, described) => (
                  <input id={id} aria-describedby={described} value={skillText(card)} onChange={(event) => set('skills', skillsOf(event.currentTarget.value))} />
                )}
              </Field>
              {input('context', 'Context window', 'tokens it reads', { number: true })}
              {(['input', 'output'] as const).map((side) => (
                <Field key={side} label={`Price of ${side}`} hint="US dollars per million tokens" error={at('price')}>
                  {(id, described) => (
                    <input
                      id={id}
                      inputMode="decimal"
                      aria-describedby={described}
                      value={price[side] ?? ''}
                      onInput={(event) => {
                        const value = event.currentTarget.value;
                        set('price', { ...price, [side]: value === '' ? null : Number.isNaN(Number(value)) ? value : Number(value) });
                      }}
                    />
                  )}
                </Field>
              ))}
            </div>
          ) : (
            <Field wide label="Card as JSON" hint="every key of the reference of experts.yaml" error={unreadable}>
              {(id, described) => (
                <textarea id={id} class="mono" rows={18} spellcheck={false} aria-describedby={described} value={raw} onInput={(event) => setRaw(event.currentTarget.value)} />
              )}
            </Field>
          )}
        </Tabs>
        {save.error && (raw !== undefined || !wrong || !shownFields.some((name) => at(name))) && <Trouble error={save.error} />}
        <div class="actions end">
          <Button kind="quiet" onClick={props.close}>Leave it</Button>
          <Button kind="main" type="submit" disabled={save.busy}>{props.expert ? 'Save' : 'Add'}</Button>
        </div>
      </form>
    </Dialog>
  );
}
