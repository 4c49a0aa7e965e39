import { useState } from 'preact/hooks';
import { ask, get, post } from '../api';
import { plural } from '../format';
import { useAction, useLoad } from '../load';
import { link } from '../route';
import { Said } from '../said';
import { Badge, Button, Empty, Field, Panel, Show, Trouble, useMay } from '../ui';

/** What is found on this machine, and a button to register it. */
export function Found({ registered }: { registered?: () => void }) {
  const found = useLoad('discovery', (signal) => get('/v1/discovery', { signal }));
  const register = useAction(async (where: string) => {
    const { left_out: left } = await post('/v1/discovery', { body: { where } });
    found.reload();
    registered?.();
    if (left.length) throw new Error(left.map((each) => `${each.id}: ${each.why}`).join('\n'));
  });
  return (
    <>
      <Trouble error={register.error} />
      <Show of={found} height="6rem">
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No model server and no provider key was found here">
              <p>
                Looked for Ollama, LM Studio, vLLM and llama.cpp on their usual ports, and for keys such as <code>OPENAI_API_KEY</code> in the
                environment of the service. <a href={link('experts', undefined, { add: 'yes' })}>Add an expert</a> by its address.
              </p>
              <Button onClick={found.reload} disabled={found.loading}>Look again</Button>
            </Empty>
          ) : (
            <ul class="stack">
              {data.map((finding) => {
                const all = finding.experts.every((expert) => expert.registered);
                return (
                  <li key={finding.where} class="found">
                    <div class="stack">
                      <b>{finding.where}</b>
                      <span class="badges">{finding.experts.map((expert) => <Badge key={expert.id} tone={expert.registered ? 'good' : 'plain'}>{expert.id}</Badge>)}</span>
                    </div>
                    {all ? <span class="muted">registered</span> : (
                      <Button disabled={register.busy} onClick={() => register.run(finding.where)}>Register {plural(finding.experts.length, 'expert')}</Button>
                    )}
                  </li>
                );
              })}
            </ul>
          )
        }
      </Show>
    </>
  );
}

/** For a service nobody has asked anything: find experts, ask the first question. */
export function FirstSteps({ asked }: { asked: () => void }) {
  const may = useMay('change');
  const [question, setQuestion] = useState('What is 17.5 % of 2,340 EUR?');
  const [text, setText] = useState('');
  const first = useAction(async () => {
    setText('');
    await ask(
      { model: 'consilium/auto', messages: [{ role: 'user', content: question }], stream: true },
      (chunk) => {
        if (chunk.error) throw new Error(chunk.error);
        if (chunk.text) setText((before) => before + chunk.text);
      },
      AbortSignal.timeout(120_000),
    );
    setTimeout(asked, 4000); // long enough to read the answer
  });
  if (!may) {
    return (
      <Panel>
        <Empty title="Nothing was asked in this time"><p>Choose a longer time, or come back later.</p></Empty>
      </Panel>
    );
  }
  return (
    <>
      <Panel class="half" title="1. Who else could answer" hint="found on this machine; nothing is registered before you say so">
        <Found />
      </Panel>
      <Panel class="half" title="2. Ask the first question" hint="nothing was asked in this time">
        <form class="stack" onSubmit={(event) => { event.preventDefault(); first.run(); }}>
          <Field label="Question">
            {(id) => <input id={id} required value={question} onInput={(event) => setQuestion(event.currentTarget.value)} />}
          </Field>
          <div class="actions">
            <Button kind="main" type="submit" disabled={first.busy || !question.trim()}>Ask</Button>
            <a href={link('playground')}>more in the playground</a>
          </div>
          <Trouble error={first.error} />
          <div class="answer" aria-live="polite" aria-busy={first.busy}>{text ? <Said text={text} /> : <span class="muted">The answer comes here.</span>}</div>
          <p class="muted small">Or from a terminal:</p>
          <pre>./consilium ask "What is 17.5 % of 2,340 EUR?"</pre>
        </form>
      </Panel>
    </>
  );
}
