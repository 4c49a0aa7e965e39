// A fake model server for tests and screenshots: it speaks OpenAI's wire format and knows some capitals.
import { createServer } from 'node:http';

export const capitals = Object.entries({
  Albania: 'Tirana', Algeria: 'Algiers', Argentina: 'Buenos Aires', Armenia: 'Yerevan', Australia: 'Canberra', Austria: 'Vienna',
  Belgium: 'Brussels', Bolivia: 'Sucre', Brazil: 'Brasilia', Bulgaria: 'Sofia', Cambodia: 'Phnom Penh', Canada: 'Ottawa',
  Chile: 'Santiago', Colombia: 'Bogota', Croatia: 'Zagreb', Cuba: 'Havana', Denmark: 'Copenhagen', Ecuador: 'Quito', Egypt: 'Cairo',
  Estonia: 'Tallinn', Finland: 'Helsinki', Georgia: 'Tbilisi', Ghana: 'Accra', Greece: 'Athens', Hungary: 'Budapest',
  Iceland: 'Reykjavik', India: 'New Delhi', Indonesia: 'Jakarta', Ireland: 'Dublin', Italy: 'Rome', Japan: 'Tokyo', Jordan: 'Amman',
  Kenya: 'Nairobi', Latvia: 'Riga', Lebanon: 'Beirut', Lithuania: 'Vilnius', Malta: 'Valletta', Mexico: 'Mexico City', Mongolia: 'Ulaanbaatar',
  Morocco: 'Rabat', Nepal: 'Kathmandu', Norway: 'Oslo', Oman: 'Muscat', Peru: 'Lima', Poland: 'Warsaw', Portugal: 'Lisbon',
  Romania: 'Bucharest', Senegal: 'Dakar', Serbia: 'Belgrade', Slovakia: 'Bratislava', Slovenia: 'Ljubljana', Spain: 'Madrid',
  Sweden: 'Stockholm', Thailand: 'Bangkok', Tunisia: 'Tunis', Turkey: 'Ankara', Uganda: 'Kampala', Ukraine: 'Kyiv', Uruguay: 'Montevideo',
  Vietnam: 'Hanoi',
});

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 1009, 7);

/** How much of the world each model knows. */
export const models = { sage: 95, scholar: 80, scout: 55, sprinter: 40 };

/** Whether a model knows a capital; the same each time. */
export const knows = (model, country) => hash(model + country) % 100 < (models[model] ?? 70);

export const question = (country) => `What is the capital of ${country}?`;

function said(model, text) {
  if (model === 'markup') {
    return '<script>window.hacked = true</script><img src="x" onerror="window.hacked = true"> **bold** [link](javascript:hacked=true)';
  }
  const found = capitals.find(([country]) => text.includes(country));
  if (!found) return `I am ${model}, and I know capitals only.`;
  const [country, capital] = found;
  return knows(model, country) ? capital : capitals[hash(country + model + '!') % capitals.length][1];
}

const slow = { sage: 60, scholar: 30, scout: 10, sprinter: 2, markup: 2, sloth: 500, snail: 20_000 };

/** A server of these models; they know what their names know. */
export async function startUpstream(listed = Object.keys({ ...models, markup: 1 })) {
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: listed.map((id) => ({ id, object: 'model' })) }));
      return;
    }
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => void answer(JSON.parse(body), response));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return { url: `http://127.0.0.1:${port}/v1`, port, stop: () => server.close() };
}

async function answer(asked, response) {
  if (asked.model === 'flaky') {
    response.writeHead(500, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'the model is out of order', type: 'server_error' } }));
    return;
  }
  const text = said(asked.model, asked.messages.at(-1).content);
  const words = text.split(/(?<= )/);
  const usage = { prompt_tokens: 24, completion_tokens: words.length + 1, total_tokens: words.length + 25 };
  const wait = () => new Promise((done) => setTimeout(done, slow[asked.model] ?? 5));
  const head = { id: 'chatcmpl-fake', created: 1, model: asked.model };
  if (!asked.stream) {
    await wait();
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }], usage }),
    );
    return;
  }
  response.setHeader('Content-Type', 'text/event-stream');
  const send = (delta, more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`);
  send({ role: 'assistant', content: '' });
  for (const word of words) {
    await wait();
    send({ content: word });
  }
  send({}, { finish_reason: 'stop' });
  response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}
