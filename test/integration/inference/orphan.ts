/*
 * A stand-in for the application, started by a test that kills it: runs a long clip and tells the id of its
 * inference process.
 */
import { ModelRegistry } from '../../../main/models/registry.ts';
import { InferenceService } from '../../../main/inference/inference-service.ts';
import { ringRequest } from './micro-clip.ts';

const model = await new ModelRegistry([process.argv[2]!]).load(null);
const service = new InferenceService({ threads: 1 });
await service.run(
  ringRequest(model, 1_000_000, {
    onProbability: (frame) => {
      if (frame === 3) process.stdout.write(`${service.childProcessId}\n`);
    },
  }),
);
