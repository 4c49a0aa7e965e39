// OpenAI's Node library, unchanged but for OPENAI_BASE_URL and OPENAI_API_KEY.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { toFile, BadRequestError, InternalServerError, NotFoundError, RateLimitError, AuthenticationError } from 'openai';

const client = new OpenAI({ maxRetries: 0 });
const ANSWER = 'Two and three make five.';
const messages = [{ role: 'user', content: 'What is 2 + 3?' }];
const tool = {
  type: 'function',
  function: { name: 'look_up', parameters: { type: 'object', properties: { word: { type: 'string' } } } },
};

test('a completion is read', async () => {
  const { data, response } = await client.chat.completions.create({ model: 'plain', messages }).withResponse();
  assert.equal(data.choices[0].message.content, ANSWER);
  assert.equal(data.usage.total_tokens, 18);
  assert.match(response.headers.get('x-consilium-decision'), /^dec_/);
});

test('a stream is read piece by piece', async () => {
  const stream = await client.chat.completions.create({ model: 'plain', messages, stream: true });
  const pieces = [];
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    assert.equal(chunk.usage ?? null, null);
    if (chunk.choices[0]?.delta.content) pieces.push(chunk.choices[0].delta.content);
  }
  assert.equal(pieces.join(''), ANSWER);
  assert.ok(pieces.length > 1);
});

test('a streamed panel is read, its comments passed over', async () => {
  const stream = await client.chat.completions.create({
    model: 'jury', messages, stream: true, consilium: { contrast: true },
  });
  let text = '';
  let contrast;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    text += chunk.choices[0]?.delta.content ?? '';
    contrast ??= chunk.consilium?.contrast;
  }
  assert.equal(text, ANSWER);
  assert.equal(contrast.schema, 'consilium.contrast/1');
  const whole = await client.chat.completions.stream({ model: 'jury', messages }).finalChatCompletion();
  assert.equal(whole.choices[0].message.content, ANSWER);
  assert.equal(whole.model, 'jury');
});

test('usage comes at the end of a stream when asked for', async () => {
  const stream = await client.chat.completions.create({
    model: 'plain', messages, stream: true, stream_options: { include_usage: true },
  });
  let last;
  for await (const chunk of stream) last = chunk;
  assert.deepEqual(last.choices, []);
  assert.equal(last.usage.total_tokens, 18);
});

test('the streaming helper puts tool calls together', async () => {
  const whole = await client.chat.completions.create({ model: 'tools', messages, tools: [tool] });
  const streamed = await client.chat.completions.stream({ model: 'tools', messages, tools: [tool] }).finalMessage();
  for (const message of [whole.choices[0].message, streamed]) {
    assert.equal(message.tool_calls.length, 1);
    assert.equal(message.tool_calls[0].id, 'call_1');
    assert.equal(message.tool_calls[0].function.name, 'look_up');
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { word: 'five' });
  }
});

test('structured output is parsed', async () => {
  const completion = await client.chat.completions.parse({
    model: 'sum', messages,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'sum', strict: true, schema: { type: 'object', properties: { sum: { type: 'integer' } } } },
    },
  });
  assert.deepEqual(JSON.parse(completion.choices[0].message.content), { sum: 5 });
});

test('older completions, embeddings and models are read', async () => {
  const completion = await client.completions.create({ model: 'plain', prompt: 'Say it' });
  assert.equal(completion.choices[0].text, ANSWER);
  const vectors = await client.embeddings.create({ model: 'embed', input: 'five', encoding_format: 'float' });
  assert.deepEqual(vectors.data[0].embedding, [0.6, 0.8]);
  const ids = (await client.models.list()).data.map((model) => model.id);
  assert.ok(ids.includes('consilium/auto') && ids.includes('plain'));
});

test('a batch is made, watched and read', async () => {
  const line = (id, model) => JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model, messages } });
  const requests = [line('first', 'plain'), line('second', 'plian')].join('\n');
  const file = await client.files.create({ file: await toFile(Buffer.from(requests), 'requests.jsonl'), purpose: 'batch' });
  assert.equal(file.bytes, Buffer.byteLength(requests));
  let batch = await client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { night: 'yes' },
  });
  while (!['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) {
    await new Promise((done) => setTimeout(done, 50));
    batch = await client.batches.retrieve(batch.id);
  }
  assert.equal(batch.status, 'completed');
  assert.deepEqual(batch.request_counts, { total: 2, completed: 1, failed: 1 });
  const read = async (id) => JSON.parse(await (await client.files.content(id)).text());
  const answer = await read(batch.output_file_id);
  assert.equal(answer.custom_id, 'first');
  assert.equal(answer.response.body.choices[0].message.content, ANSWER);
  assert.equal((await read(batch.error_file_id)).response.status_code, 404);
  await assert.rejects(client.batches.cancel(batch.id), (e) => e.status === 409);
  assert.ok((await client.batches.list()).data.some((each) => each.id === batch.id));
  const ids = [];
  for await (const each of client.files.list({ purpose: 'batch' })) ids.push(each.id);
  assert.ok(ids.includes(file.id));
  assert.equal((await client.files.delete(file.id)).deleted, true);
});

test('older completions are streamed', async () => {
  const stream = await client.completions.create({ model: 'plain', prompt: 'Say it', stream: true });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.text ?? '';
  assert.equal(text, ANSWER);
});

test("errors become the library's own", async () => {
  const ask = (more) => client.chat.completions.create({ model: 'plain', messages, ...more });
  await assert.rejects(ask({ model: 'plian' }), (e) => e instanceof NotFoundError && e.code === 'model_not_found' && /plain/.test(e.message));
  await assert.rejects(ask({ temperature: 7 }), (e) => e instanceof BadRequestError && e.param === 'temperature');
  await assert.rejects(ask({ messages: [] }), (e) => e instanceof BadRequestError && e.param === 'messages');
  await assert.rejects(ask({ model: 'too-long' }), (e) => e instanceof BadRequestError && e.code === 'context_length_exceeded');
  await assert.rejects(ask({ model: '429-retry-after' }), (e) => e instanceof RateLimitError && e.headers.get('retry-after') === '7');
  await assert.rejects(ask({ model: '500' }), (e) => e instanceof InternalServerError);
  await assert.rejects(ask({ model: '500', stream: true }), (e) => e instanceof InternalServerError);
  const stranger = new OpenAI({ apiKey: 'sk-wrong', maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (e) => e instanceof AuthenticationError);
});

test('a stream that is given up ends', async () => {
  const stream = await client.chat.completions.create({ model: 'plain', messages, stream: true });
  for await (const _ of stream) break;
  assert.ok(stream.controller.signal.aborted);
});
