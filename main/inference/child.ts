/*
 * Entry point of the inference process. It is started by InferenceService on a plain Node binary with an IPC
 * channel and nothing else; it opens the model file that it is told to, and no other file or socket.
 */
import './no-telemetry.ts';
import ort from 'onnxruntime-node';
import { ModelHost } from './model-host.ts';
import { protocolVersion, type FromChild, type ToChild } from './protocol.ts';

ort.env.logLevel = 'error';

function send(message: FromChild): void {
  // The callback swallows the error of a channel that closed meanwhile; 'disconnect' ends the process.
  process.send?.(message, undefined, {}, () => {});
}

const host = new ModelHost(send);

process.on('message', (message: ToChild) => {
  void host.handle(message).catch((error: unknown) => {
    // A defect: leave a trace on stderr, which the parent keeps, and let the supervisor start over.
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(70);
  });
});
// The application is gone or has let go of us. Exit at once; no file is ever open for writing here.
process.on('disconnect', () => process.exit(0));

send({
  type: 'ready',
  protocol: protocolVersion,
  backends: ort.listSupportedBackends().map(({ name }) => name),
});
