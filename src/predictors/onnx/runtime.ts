/** The part of the API of `onnxruntime-node` and `onnxruntime-web` that is used here; both offer it. */
export type OnnxRuntime = {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: string, data: TensorData, shape: readonly number[]) => OnnxTensor;
  readonly env: { readonly wasm?: { numThreads?: number } };
};

export type OnnxSession = {
  readonly inputMetadata: readonly OnnxValue[];
  readonly outputMetadata: readonly OnnxValue[];
  /** Computes the named outputs. */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
};

/** One input or output. A dimension that is not fixed is a name, or a number beyond 2^31. */
export type OnnxValue = { readonly name: string } & (
  | { readonly isTensor: false }
  | { readonly isTensor: true; readonly type: string; readonly shape: readonly (number | string)[] }
);

export type TensorData =
  | readonly string[]
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Uint8Array;

export type OnnxTensor = {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: TensorData;
};

/** The first is three times faster; the second is WebAssembly and runs wherever Node.js does. */
const packages = ['onnxruntime-node', 'onnxruntime-web'] as const;

/** How to install a runtime for ONNX models. */
export const installation =
  'an ONNX model needs the package onnxruntime-node: ONNXRUNTIME_NODE_INSTALL=skip npm install --no-save onnxruntime-node (without the variable it also downloads files for NVIDIA cards, which are not used here), or onnxruntime-web if there is no binary for the machine';

/**
 * Loads the installed runtime. Nothing else loads it, so a service without such models needs none.
 *
 * @param load imports a package by its name
 * @throws Error naming the command that installs one, or saying why the installed one cannot be loaded
 */
export async function loadOnnxRuntime(
  load: (name: string) => Promise<{ default: OnnxRuntime }> = (name) => import(name),
): Promise<OnnxRuntime> {
  for (const name of packages) {
    try {
      const { default: runtime } = await load(name);
      // one thread for WebAssembly: the main thread would be blocked while others work for it
      if (runtime.env.wasm) runtime.env.wasm.numThreads = 1;
      return runtime;
    } catch (error) {
      if (isAbsent(error, name)) continue;
      throw new Error(`${name} cannot be loaded: ${(error as Error).message}`, { cause: error });
    }
  }
  throw new Error(installation);
}

/** Whether it is this package that was not found, and not one that it needs. */
function isAbsent(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}
