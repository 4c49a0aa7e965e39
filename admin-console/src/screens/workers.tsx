import { Empty, Panel, Screen } from '../ui';
import { link } from '../route';

export const Workers = () => (
  <Screen title="Workers" lead="Inference engines: their models, adapters and queues.">
    <Panel>
      <Empty title="No worker is attached">
        <p>
          This version of the service has no interface to an engine's own controls yet: loading adapters, sleeping and waking. Engines answer
          as experts all the same: any OpenAI-compatible server, such as vLLM, llama.cpp or Ollama, can be <a href={link('experts', undefined, { add: 'yes' })}>added as an expert</a>.
        </p>
      </Empty>
    </Panel>
  </Screen>
);
