/**
 * Another unit that any replica guesses in any of its windows, for a description; nothing if none does. Prometheus cannot
 * guess for itself: the sum of a feature leaves out what is far outside its range.
 */
export const unitInWords =
  '{{ with printf "max(model_feature_unit_factor{model=%q,version=%q,feature=%q})" $labels.model $labels.version $labels.feature | query }}' +
  ' Values are about {{ . | first | value | printf "%.4g" }} times the usual ones: another unit?{{ end }}';
