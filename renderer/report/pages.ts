import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import workerAddress from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

/** A report as it can be looked at. */
export interface ShownReport {
  readonly pages: readonly ShownPage[];
  /** Frees it; a drawing in progress ends. */
  close(): void;
}

export interface ShownPage {
  readonly number: number;
  /** Of its paper, width by height. */
  readonly aspect: number;
  /** What it says, in the order in which it was written. */
  readonly text: string;
  /** Draws it as wide as the canvas is shown. */
  draw(canvas: HTMLCanvasElement, widthPx: number, signal: AbortSignal): Promise<void>;
}

/** Opens the very bytes that would be saved. The reader of PDF is loaded when the first report is looked at. */
export async function openReport(bytes: Uint8Array): Promise<ShownReport> {
  const { getDocument, GlobalWorkerOptions } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  GlobalWorkerOptions.workerSrc = workerAddress;
  const loading = getDocument({
    data: bytes,
    // Reports bring their fonts along, run nothing and have no forms.
    ...{ isEvalSupported: false, enableXfa: false, disableAutoFetch: true },
  });
  const document = await loading.promise;
  const pages: ShownPage[] = [];
  for (let number = 1; number <= document.numPages; number += 1) pages.push(await pageOf(document, number));
  return { pages, close: () => void loading.destroy() };
}

async function pageOf(pdf: PDFDocumentProxy, number: number): Promise<ShownPage> {
  const page = await pdf.getPage(number);
  const { width, height } = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  return {
    number,
    aspect: width / height,
    text: items.map((item) => ('str' in item ? item.str : '')).join(' '),
    draw: (canvas, widthPx, signal) => draw(page, canvas, widthPx, signal),
  };
}

/** On a canvas of its own first: the window may change its size while a page is drawn. */
async function draw(
  page: PDFPageProxy,
  canvas: HTMLCanvasElement,
  widthPx: number,
  signal: AbortSignal,
): Promise<void> {
  const scale = (widthPx * devicePixelRatio) / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  const drawn = document.createElement('canvas');
  drawn.width = Math.round(viewport.width);
  drawn.height = Math.round(viewport.height);
  const task = page.render({ canvas: drawn, viewport });
  signal.addEventListener('abort', () => task.cancel());
  await task.promise;
  if (signal.aborted) return;
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  canvas.getContext('2d')?.drawImage(drawn, 0, 0);
}
