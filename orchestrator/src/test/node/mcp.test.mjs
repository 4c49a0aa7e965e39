// The official TypeScript SDK's client against a running service, at MCP_URL.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

async function connected(use) {
  const client = new Client({ name: 'sdk-check', version: '0.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(process.env.MCP_URL)));
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

test('tools, resources and prompts are listed', () =>
  connected(async (client) => {
    assert.equal(client.getServerVersion().name, 'consilium');
    const { tools } = await client.listTools();
    assert.equal(tools[0].name, 'ask');
    const { resources } = await client.listResources();
    assert.ok(resources.some((resource) => resource.uri === 'consilium://experts/calculator'));
    const { prompts } = await client.listPrompts();
    assert.ok(prompts.some((prompt) => prompt.name === 'ask_the_consilium'));
  }));

test('a call tells its progress, and its result fits the schema', () =>
  connected(async (client) => {
    await client.listTools(); // the SDK checks results against the schemas that were listed
    const said = [];
    const result = await client.callTool(
      { name: 'ask', arguments: { question: 'What is 12 * 7?', model: 'calculator' } },
      undefined,
      { onprogress: (progress) => said.push(progress.message) },
    );
    assert.match(result.structuredContent.answer, /84/);
    assert.equal(said[0], 'deciding who answers');
  }));

test('a call that is cancelled ends', () =>
  connected(async (client) => {
    const cancel = new AbortController();
    await assert.rejects(
      client.callTool(
        { name: 'ask', arguments: { question: 'Hello?', model: process.env.MCP_STALLING } },
        undefined,
        {
          signal: cancel.signal,
          onprogress: (progress) => progress.message === 'the answer has begun' && cancel.abort('enough'),
        },
      ),
      /enough/,
    );
  }));

test('what is wrong is said', () =>
  connected(async (client) => {
    const result = await client.callTool({ name: 'ask', arguments: { qestion: 'x' } });
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, /question/);
    await assert.rejects(client.callTool({ name: 'aks', arguments: {} }), /there is no tool 'aks'/);
  }));
