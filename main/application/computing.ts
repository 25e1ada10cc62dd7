import { settleAll } from '../concurrency/settle-all.ts';
import { decodingThreads } from '../dicom/frame-decoder.ts';
import { closeGuardedReader } from '../dicom/guarded-reader.ts';
import type { WorkerPool } from '../dicom/worker-pool.ts';
import { InferenceService, type InferenceOptions } from '../inference/inference-service.ts';
import { AcceleratorSearch } from '../models/accelerator-search.ts';

/** What computes whatever library it is for: processes and threads, and what is known of this machine. */
export interface Computing {
  readonly inference: InferenceService;
  readonly accelerators: AcceleratorSearch;
  readonly decoding: WorkerPool;
  close(): Promise<void>;
}

export function createComputing(options: InferenceOptions = {}): Computing {
  const inference = new InferenceService(options);
  const decoding = decodingThreads();
  return {
    inference,
    accelerators: new AcceleratorSearch(inference),
    decoding,
    close: () => settleAll([inference.close(), decoding.close(), closeGuardedReader()]),
  };
}
