import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Sends these bytes, for what no HTTP client would send. The request must ask for the end of the connection.
 * @returns the whole answer
 */
export function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  socket.write(bytes, 'latin1');
  return text(socket);
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}
