/** One metric as Prometheus sees it. Counters carry `_total`; a histogram's series are `_bucket`, `_sum`, `_count`. */
export type Instrument = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** UCUM, as OpenTelemetry writes units. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly description: string;
};

const model = ['model', 'version'] as const;
const http = ['http_request_method', 'http_route', 'http_response_status_code'] as const;
const drift = [...model, 'feature', 'window'] as const;
const cell = [...model, 'score_bin', 'prediction'] as const;

/**
 * Every metric the service exposes, whoever records it. The README's telemetry table is printed from it; a dashboard
 * or rule may name nothing that stands neither here nor in `foreignMetrics`.
 */
export const instruments = {
  httpDuration: {
    name: 'http_server_request_duration_seconds',
    type: 'histogram',
    unit: 's',
    labels: http,
    description: 'Duration of requests to the public API, sampled for tracing or not.',
  },
  httpActive: {
    name: 'http_server_active_requests',
    type: 'gauge',
    unit: '{request}',
    labels: [],
    description: 'Requests to the public API that are being answered.',
  },
  httpShed: {
    name: 'http_server_requests_shed_total',
    type: 'counter',
    unit: '{request}',
    labels: ['reason'],
    description: 'Requests refused with 503 because the service was overloaded.',
  },
  httpUnreadable: {
    name: 'http_server_requests_unreadable_total',
    type: 'counter',
    unit: '{request}',
    labels: ['reason'],
    description: 'Requests that could not be read: no HTTP, too many headers, or not all there in time.',
  },
  predictions: {
    name: 'model_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...model, 'prediction'],
    description: 'Predictions by predicted class.',
  },
  predictDuration: {
    name: 'model_predict_duration_seconds',
    type: 'histogram',
    unit: 's',
    labels: model,
    description: 'Time to score one validated input and to count it.',
  },
  score: {
    name: 'model_score',
    type: 'histogram',
    unit: '1',
    labels: model,
    description: 'Scores, P(positive class), in the bins of the reference.',
  },
  featureValue: {
    name: 'model_feature_value',
    type: 'histogram',
    unit: '',
    labels: [...model, 'feature'],
    description: 'Values of numeric features, in the bins of the reference.',
  },
  binObservations: {
    name: 'model_feature_bin_observations_total',
    type: 'counter',
    unit: '{observation}',
    labels: [...model, 'feature', 'bin'],
    description: 'Live observations by bin; the score counts under feature "(score)".',
  },
  referenceRatio: {
    name: 'model_feature_reference_ratio',
    type: 'gauge',
    unit: '1',
    labels: [...model, 'feature', 'bin'],
    description: 'Share of the reference in each bin.',
  },
  referenceSamples: {
    name: 'model_feature_reference_samples',
    type: 'gauge',
    unit: '{observation}',
    labels: [...model, 'feature'],
    description: 'Rows behind the reference.',
  },
  outsideRange: {
    name: 'model_feature_outside_range_total',
    type: 'counter',
    unit: '{observation}',
    labels: [...model, 'feature', 'side'],
    description: 'Live values below or above all reference values.',
  },
  inputRejected: {
    name: 'model_input_rejected_total',
    type: 'counter',
    unit: '{fault}',
    labels: [...model, 'feature', 'reason'],
    description: 'Faults in refused inputs; feature is empty for a malformed body or an unknown field.',
  },
  inputsRefused: {
    name: 'model_inputs_refused_total',
    type: 'counter',
    unit: '{request}',
    labels: model,
    description: 'Prediction requests refused for their input, each counted once however many faults it has.',
  },
  modelInfo: {
    name: 'model_info',
    type: 'gauge',
    unit: '',
    labels: [...model, 'target', 'positive', 'threshold', 'data_digest'],
    description: 'Constant 1 for the model that answers, with what it is.',
  },
  driftPsi: {
    name: 'model_feature_drift_psi',
    type: 'gauge',
    unit: '1',
    labels: drift,
    description: 'Population stability index of this replica against the reference.',
  },
  driftCeiling: {
    name: 'model_feature_drift_psi_noise_ceiling',
    type: 'gauge',
    unit: '1',
    labels: drift,
    description: 'PSI that chance alone stays under (z = 4.5).',
  },
  driftSamples: {
    name: 'model_feature_drift_samples',
    type: 'gauge',
    unit: '{observation}',
    labels: drift,
    description: 'Observations in the window of this replica.',
  },
  scoreBinPredictions: {
    name: 'model_score_bin_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: cell,
    description: 'Predictions by score bin and predicted class.',
  },
  scoreBinExpectedPositives: {
    name: 'model_score_bin_expected_positives_total',
    type: 'counter',
    unit: '{prediction}',
    labels: cell,
    description: 'Sum of the calibrated probabilities of the positive class over all predictions.',
  },
  scoreBinMatured: {
    name: 'model_score_bin_matured_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: cell,
    description: 'Predictions that have reached the age at which their outcome counts.',
  },
  outcomes: {
    name: 'model_outcomes_total',
    type: 'counter',
    unit: '{outcome}',
    labels: [...cell, 'outcome'],
    description: 'Outcomes that count: of predictions old enough, each once.',
  },
  expectedNegativesBelow: {
    name: 'model_score_bin_expected_negatives_below_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...model, 'score_bin'],
    description:
      'As model_outcome_negatives_below_total, of the calibrated probabilities of all predictions.',
  },
  outcomeNegativesBelow: {
    name: 'model_outcome_negatives_below_total',
    type: 'counter',
    unit: '{outcome}',
    labels: [...model, 'score_bin'],
    description:
      'Negative outcomes in lower score bins and half of those in this one: times the positives here, the AUC’s numerator.',
  },
  outcomeScores: {
    name: 'model_outcome_scores_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of the scores of predictions whose outcome counts.',
  },
  outcomeExpected: {
    name: 'model_outcome_expected_total',
    type: 'counter',
    unit: '{outcome}',
    labels: cell,
    description: 'Sum of the calibrated probabilities p of predictions whose outcome counts.',
  },
  outcomeVariance: {
    name: 'model_outcome_variance_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of p (1 - p) over the same predictions.',
  },
  outcomeSquaredErrors: {
    name: 'model_outcome_squared_errors_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of the squared differences of score and outcome: the Brier score’s numerator.',
  },
  outcomeLogLosses: {
    name: 'model_outcome_log_losses_total',
    type: 'counter',
    unit: '1',
    labels: cell,
    description: 'Sum of -ln of the probability given to what happened: the log-loss’s numerator.',
  },
  outcomeDelay: {
    name: 'model_outcome_delay_seconds',
    type: 'histogram',
    unit: 's',
    labels: [...model, 'outcome'],
    description: 'Time from a prediction to its outcome, for every outcome accepted.',
  },
  outcomesReceived: {
    name: 'outcomes_received_total',
    type: 'counter',
    unit: '{outcome}',
    labels: ['result'],
    description: 'What became of outcomes reported to this replica; deferred ones were asked for again.',
  },
  outcomesHeld: {
    name: 'outcomes_held',
    type: 'gauge',
    unit: '{outcome}',
    labels: [],
    description:
      'Outcomes accepted that do not count yet: of a prediction that is too young, or of a version that is coming back.',
  },
  classInfo: {
    name: 'model_class_info',
    type: 'gauge',
    unit: '',
    labels: [...model, 'class', 'role'],
    description: 'Constant 1: which class is the positive one and which the negative.',
  },
  evaluation: {
    name: 'model_evaluation',
    type: 'gauge',
    unit: '1',
    labels: [...model, 'metric'],
    description: 'Cross-validated figures from training.',
  },
  evaluationStandardError: {
    name: 'model_evaluation_standard_error',
    type: 'gauge',
    unit: '1',
    labels: [...model, 'metric'],
    description: 'Standard errors of the cross-validated figures.',
  },
  trainingRows: {
    name: 'model_training_rows',
    type: 'gauge',
    unit: '{row}',
    labels: model,
    description: 'Rows that the model and its calibration were learnt from.',
  },
  referenceScoreBin: {
    name: 'model_score_bin_reference_rows',
    type: 'gauge',
    unit: '{row}',
    labels: [...model, 'score_bin', 'outcome'],
    description: 'Training rows by score bin (out of fold) and outcome.',
  },
  groupPredictions: {
    name: 'model_feature_bin_predictions_total',
    type: 'counter',
    unit: '{prediction}',
    labels: [...model, 'feature', 'bin', 'prediction'],
    description: 'Predictions by bin of each protected feature and predicted class.',
  },
  samplesWritten: {
    name: 'samples_written_total',
    type: 'counter',
    unit: '{line}',
    labels: [],
    description: 'Input samples written to disk.',
  },
  samplesDropped: {
    name: 'samples_dropped_total',
    type: 'counter',
    unit: '{line}',
    labels: ['reason'],
    description: 'Input samples lost: the queue was full or the disk refused.',
  },
  spansExported: {
    name: 'otel_spans_exported_total',
    type: 'counter',
    unit: '{span}',
    labels: [],
    description: 'Spans the Collector has taken.',
  },
  spansDropped: {
    name: 'otel_spans_dropped_total',
    type: 'counter',
    unit: '{span}',
    labels: ['reason'],
    description: 'Spans lost: the queue was full, the export failed, or the receiver rejected them.',
  },
  logLinesDropped: {
    name: 'log_lines_dropped_total',
    type: 'counter',
    unit: '{line}',
    labels: [],
    description: 'Log lines lost because nobody read them fast enough.',
  },
  wallClock: {
    name: 'process_wall_clock_seconds',
    type: 'gauge',
    unit: 's',
    labels: [],
    description: 'Unix time as this process sees it.',
  },
  processStart: {
    name: 'process_start_time_seconds',
    type: 'gauge',
    unit: 's',
    labels: [],
    description: 'Unix time at which the process started.',
  },
  processCpu: {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    unit: 's',
    labels: ['mode'],
    description: 'Processor time used.',
  },
  processMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    unit: 'By',
    labels: [],
    description: 'Memory the process occupies.',
  },
  eventLoopDelayMin: eventLoopDelay('min', 'Least'),
  eventLoopDelayMax: eventLoopDelay('max', 'Greatest'),
  eventLoopDelayMean: eventLoopDelay('mean', 'Mean'),
  eventLoopDelayStddev: eventLoopDelay('stddev', 'Standard deviation of the'),
  eventLoopDelayP50: eventLoopDelay('p50', 'Median'),
  eventLoopDelayP90: eventLoopDelay('p90', '90th percentile of the'),
  eventLoopDelayP99: eventLoopDelay('p99', '99th percentile of the'),
  eventLoopTime: {
    name: 'nodejs_eventloop_time_total',
    type: 'counter',
    unit: 's',
    labels: ['nodejs_eventloop_state'],
    description: 'Time the event loop was active or idle.',
  },
  eventLoopUtilization: {
    name: 'nodejs_eventloop_utilization',
    type: 'gauge',
    unit: '1',
    labels: [],
    description: 'Share of time the event loop was active.',
  },
  gcDuration: {
    name: 'v8js_gc_duration',
    type: 'histogram',
    unit: 's',
    labels: ['v8js_gc_type'],
    description: 'Garbage collection duration by kind.',
  },
  heapUsed: heap('v8js_memory_heap_used', 'Heap memory in use'),
  heapSpaceSize: heap('v8js_memory_heap_space_size', 'Heap memory allocated'),
  heapSpaceAvailable: heap('v8js_memory_heap_space_available_size', 'Heap memory free'),
  heapSpacePhysical: heap('v8js_memory_heap_space_physical_size', 'Heap memory committed'),
  activeResources: {
    name: 'v8js_resource_active',
    type: 'gauge',
    unit: '{resource}',
    labels: ['v8js_resource_type'],
    description: 'Handles and requests that keep the event loop alive.',
  },
} as const satisfies Record<string, Instrument>;

function eventLoopDelay<const Statistic extends string>(statistic: Statistic, words: string) {
  return {
    name: `nodejs_eventloop_delay_${statistic}`,
    type: 'gauge',
    unit: 's',
    labels: [],
    description: `${words} event-loop delay since the last scrape.`,
  } as const;
}

function heap<const Name extends string>(name: Name, words: string) {
  return {
    name,
    type: 'gauge',
    unit: 'By',
    labels: ['v8js_heap_space_name'],
    description: `${words}, by space.`,
  } as const;
}

/** Metrics of others that dashboards and rules may name, and who exposes them; `*` stands for any ending. */
export const foreignMetrics = [
  { name: 'up', source: 'Prometheus, for every target' },
  { name: 'ALERTS', source: 'Prometheus, for every pending or firing alert' },
  { name: 'scrape_*', source: 'Prometheus, for every scrape' },
  { name: 'prometheus_*', source: 'Prometheus about itself' },
  { name: 'alertmanager_*', source: 'Alertmanager about itself' },
  { name: 'otelcol_*', source: 'OpenTelemetry Collector about itself' },
  { name: 'traces_span_metrics_*', source: 'span_metrics connector of the Collector' },
] as const;
