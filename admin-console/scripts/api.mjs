// Writes src/generated/api.d.ts: the types of our API, from the document the service itself serves.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

const api = parse(read('orchestrator/src/main/resources/io/consilium/orchestrator/api/openapi.yaml'), {
  merge: true,
  maxAliasCount: -1,
});
// the service adds the published schema of contrasts to the document in the same way
const contrast = read('aggregator/src/main/resources/io/consilium/aggregator/contrast/contrast-1.schema.json');
api.components.schemas.Contrast = JSON.parse(
  contrast.replaceAll('"#/$defs/', '"#/components/schemas/Contrast/$defs/'),
);
delete api.components.schemas.Contrast.$schema;

const types = astToString(await openapiTS(api, { defaultNonNullable: false }));
const folder = new URL('../src/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('api.d.ts', folder), types);
