/** The datatypes of the Open Inference Protocol V2 that numbers have. The client of other servers and our own side share them. */
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

/** Numbers, and texts as `BYTES`. Truth values are `BOOL`. */
export const numberDatatypes = [...floatDatatypes, ...integerDatatypes] as const;

/** The datatype of a tensor of texts says nothing of their encoding; this parameter of it does. */
export const textParameters = { content_type: 'str' } as const;

/** This parameter says that the tensors are the columns of a data frame, to MLServer and its clients. */
export const frameParameters = { content_type: 'pd' } as const;
