// The ceiling: what the load generator can do at most, against a server that does nothing.
import { createServer } from 'node:http'

const body = JSON.stringify({ error: 'authorization_pending' })
const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }

createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(400, headers).end(body))
}).listen(Number(process.argv[2]), '127.0.0.1')
