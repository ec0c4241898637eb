/** What a receiver has answered to an export that succeeded. */
export type ExportAnswer = {
  /** Spans, points or log records that the receiver did not accept; 0 if it accepted all. */
  readonly rejected: number;
  /** The receiver's explanation; if none were rejected, a warning. */
  readonly message: string;
  /** It has answered with success, but not in OTLP: it may not be a receiver. */
  readonly isForeign: boolean;
};

const accepted: ExportAnswer = { rejected: 0, message: '', isForeign: false };
const foreign: ExportAnswer = { ...accepted, isForeign: true };

/** The answers that the SDK's exporters report only through its diagnostics. */
export type ExportAnswers = {
  /** Takes the parts of a warning. @returns whether it was about an answer */
  hear(parts: readonly unknown[]): boolean;
  /** The answer to the export that is being reported as a success. */
  take(): ExportAnswer;
};

/**
 * Makes the listener for receivers' answers. The exporters report success whatever the body of the answer says: if some
 * items were rejected, or it is not OTLP at all, they only warn in the SDK's diagnostics, in the same turn and just
 * before they report the success.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function createExportAnswers(): ExportAnswers {
  let heard: ExportAnswer | undefined;
  return {
    hear(parts) {
      const answer = readAnswer(parts);
      heard = answer ?? heard;
      return answer !== undefined;
    },
    take() {
      const answer = heard ?? accepted;
      heard = undefined;
      return answer;
    },
  };
}

/** What the warning says about an answer; undefined if it is about something else. */
function readAnswer(parts: readonly unknown[]): ExportAnswer | undefined {
  const texts = parts.filter((part) => typeof part === 'string');
  const at = texts.findIndex((text) => text.startsWith('Received Partial Success response'));
  if (at >= 0) return readPartialSuccess(texts[at + 1]);
  const isUnreadable = texts.some(
    (text) =>
      /^Failed to parse (?:trace|metrics|logs) export response/.test(text) ||
      text.startsWith('Export succeeded but could not deserialize response'),
  );
  return isUnreadable ? foreign : undefined;
}

function readPartialSuccess(json: string): ExportAnswer {
  const answer = JSON.parse(json) as Record<string, unknown>;
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = answer;
  // a 64-bit integer is a string in OTLP's JSON
  const rejected = Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
  return {
    rejected: rejected > 0 ? Math.floor(rejected) : 0,
    message: String(errorMessage ?? ''),
    isForeign: false,
  };
}
