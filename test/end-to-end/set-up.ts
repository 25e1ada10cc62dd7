import { ensureRendererBuilt, Workstation } from './loopback-workstation.ts';

/** Builds the window once, outside of any test's time, and starts the host once, which keeps its compiled code. */
export default async function setUp(): Promise<void> {
  await ensureRendererBuilt();
  const workstation = new Workstation({});
  try {
    await workstation.start();
    await workstation.stop();
  } finally {
    await workstation.dispose();
  }
}
