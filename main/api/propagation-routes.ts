import { Hono } from 'hono';
import { propagationRequestSchema, type PropagationLine } from '../../core/api/propagation.ts';
import { logDefect } from '../application/defect-log.ts';
import type { Services } from '../application/services.ts';
import { failureOf, isExpected } from './failure.ts';
import { jsonBody } from './input.ts';

/** Built from core types, whose arrays are read-only, and only ever written out. */
type Line = PropagationLine | { readonly type: 'trace'; readonly frame: number; readonly trace: unknown };

/** Corrections of a clip carried over the frames around them: proposed, kept, dropped. */
export function propagationRoutes({ propagations, worklist }: Services): Hono {
  const routes = new Hono();

  routes.post('/:clip/propagations', async (context) => {
    const request = await jsonBody(context, propagationRequestSchema);
    worklist.background.giveWay();
    const gone = new AbortController();
    const signal = AbortSignal.any([context.req.raw.signal, gone.signal]);
    const encoder = new TextEncoder();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(
      {},
      {},
      { highWaterMark: Infinity },
    );
    const writer = writable.getWriter();
    writer.closed.catch(() => gone.abort());
    const write = (line: Line): void =>
      void writer.write(encoder.encode(`${JSON.stringify(line)}\n`)).catch(() => undefined);
    const begun = Promise.withResolvers<void>();
    const onTrace = (frame: number, trace: unknown): void => {
      write({ type: 'trace', frame, trace });
      begun.resolve();
    };
    const proposed = propagations
      .propose(context.req.param('clip'), { ...request, anchors: 'uncarried' }, { signal, onTrace })
      .then(({ id, record, reach, instead }) =>
        write({ type: 'proposal', id, record: { ...record, anchors: [...record.anchors] }, reach, instead }),
      );
    // What is refused at once is answered as any refusal; what fails later is the last line.
    await Promise.race([begun.promise, proposed]);
    void proposed
      .catch((error: unknown) => {
        if (!isExpected(error, signal)) logDefect(error);
        const { code, message } = failureOf(error).body.error;
        write({ type: 'failed', code, message });
      })
      .finally(() => void writer.close().catch(() => undefined));
    return context.body(readable, 200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  });

  routes.post('/:clip/propagations/:proposal/keep', (context) => {
    const { clip, proposal } = context.req.param();
    return context.json(propagations.keep(clip, proposal), 201);
  });
  routes.delete('/:clip/propagations/:proposal', (context) => {
    const { clip, proposal } = context.req.param();
    propagations.drop(clip, proposal);
    return context.body(null, 204);
  });
  return routes;
}
