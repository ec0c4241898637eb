{{/* The name of the installation. The names of pods and Services derive from it, so it must be short enough for both. */}}
{{- define "vigia.fullName" -}}
{{- $name := ternary .Release.Name (printf "%s-vigia" .Release.Name) (contains "vigia" .Release.Name) -}}
{{- $name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "vigia.selectorLabels" -}}
app.kubernetes.io/name: vigia
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "vigia.labels" -}}
{{ include "vigia.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "vigia.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest }}{{ $image.repository }}@{{ $image.digest }}
{{- else }}{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Where the models come from. */}}
{{- define "vigia.models" -}}
{{- if and .Values.models.files (ne .Values.models.from "configMap") -}}
{{- fail "models.files is for models.from=configMap only: unset one of them" -}}
{{- end -}}
{{- if and (has .Values.models.from (list "claim" "image")) (not .Values.models.name) -}}
{{- fail (printf "models.from=%s requires models.name" .Values.models.from) -}}
{{- end -}}
{{- .Values.models.name | default (printf "%s-models" (include "vigia.fullName" .)) | quote -}}
{{- end }}

{{/* A pod is replaced when one of its annotations changes, and so when the chart's own model files do. */}}
{{- define "vigia.podAnnotations" -}}
{{- $annotations := deepCopy .Values.pod.annotations -}}
{{- with .Values.models.files }}{{ $_ := set $annotations "checksum/models" (toJson . | sha256sum) }}{{ end -}}
{{- if eq .Values.metrics.scrapeBy "annotations" -}}
{{- $_ := set $annotations "prometheus.io/scrape" "true" -}}
{{- $_ := set $annotations "prometheus.io/port" "9464" -}}
{{- $_ := set $annotations "prometheus.io/path" "/metrics" -}}
{{- end -}}
{{- toYaml $annotations -}}
{{- end }}

{{/* The value of a variable. A number is written in full: Go would write 104857600 as 1.048576e+08. */}}
{{- define "vigia.text" -}}
{{- if kindIs "string" . }}{{ . | quote }}{{ else }}{{ toJson . | quote }}{{ end }}
{{- end }}
