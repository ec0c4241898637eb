/**
 * The numeric datatypes of the Open Inference Protocol V2, shared by the client of other servers and our own server.
 */
export const integerDatatypes = [
  'INT64',
  'INT32',
  'INT16',
  'INT8',
  'UINT64',
  'UINT32',
  'UINT16',
  'UINT8',
] as const;
export const floatDatatypes = ['FP64', 'FP32', 'FP16'] as const;

/** Numbers, texts as `BYTES`, and booleans as `BOOL`. */
export const numberDatatypes = [...floatDatatypes, ...integerDatatypes] as const;

/** The datatype of a tensor of texts does not tell their encoding; this parameter does. */
export const textParameters = { content_type: 'str' } as const;

/** This parameter tells MLServer and its clients that the tensors are the columns of a data frame. */
export const frameParameters = { content_type: 'pd' } as const;
