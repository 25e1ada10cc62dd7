import { basename } from 'node:path';
import type { Library } from '../library/library.ts';
import type { AcceleratorSearch } from '../models/accelerator-search.ts';
import { sweepHiddenFolders } from '../models/hidden-folders.ts';
import { ModelAdditions } from '../models/model-additions.ts';
import { ModelShelf } from '../models/model-shelf.ts';
import { ModelRegistry } from '../models/registry.ts';
import type { ApplicationAudit } from './application-audit.ts';

export interface ModelServiceOptions {
  readonly library: Library;
  readonly audit: ApplicationAudit;
  readonly accelerators: AcceleratorSearch;
  /** Folders that hold model folders. */
  readonly folders: readonly string[];
  /** Folder of the models that the user adds. */
  readonly addedFolder: string;
  /** Whether the model contours a clip just now. */
  isRunning(name: string): boolean;
  onChange(): void;
}

export interface ModelServices {
  readonly models: ModelRegistry;
  readonly modelShelf: ModelShelf;
  readonly modelAdditions: ModelAdditions;
}

/** The models that there are, and those that the user chooses, adds and removes, which the audit log is told. */
export async function createModelServices(options: ModelServiceOptions): Promise<ModelServices> {
  const { library, audit, accelerators, folders, addedFolder, isRunning, onChange } = options;
  // Nobody uses what an ended process left; while the database is damaged everything stays as it is.
  if (library.condition !== 'damaged') await sweepHiddenFolders(addedFolder);
  const models = new ModelRegistry([...folders], addedFolder);
  const modelShelf: ModelShelf = new ModelShelf({
    registry: models,
    accelerators,
    settings: () => library.settings(),
    choose: (name, model) => {
      audit.recordModel('U', model, { chosen: name });
      return library.updateSettings({ model: name });
    },
    isRunning,
    onRemoved: ({ manifest, folder }) =>
      audit.recordModel('D', manifest === null ? null : { manifest }, { removed: basename(folder) }),
    onChange,
  });
  const modelAdditions = new ModelAdditions({
    folder: addedFolder,
    list: () => modelShelf.list(true),
    alone: (signal, change) => modelShelf.alone(signal, change),
    onAdded: (model) => {
      audit.recordModel('C', model, {});
      onChange();
    },
  });
  return { models, modelShelf, modelAdditions };
}
