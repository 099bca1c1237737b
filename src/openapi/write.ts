// `npm run openapi`: writes the description to where it is served from.
import { writeFileSync } from 'node:fs'
import { openApiDocument } from './document.ts'

const file = `${import.meta.dirname}/../assets/openapi.json`
writeFileSync(file, JSON.stringify(openApiDocument()))
