{{- define "statewire.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "statewire.labels" -}}
{{ include "statewire.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- /* Not empty where the configuration has `tls:`, and so probes and scrapes speak it. */}}
{{- define "statewire.tls" -}}
{{- $config := fromYaml .Values.config }}
{{- $http := get $config "http" | default dict }}
{{- if kindIs "map" $http }}{{ if get $http "tls" }}yes{{ end }}{{ end }}
{{- end }}

{{- /* What a probe of a path asks. Of who must show a certificate Kubernetes has none: a connection is enough. */}}
{{- define "statewire.probe" -}}
{{- if not (include "statewire.tls" .root) -}}
httpGet: {path: {{ .path }}, port: http}
{{- else if dig "http" "tls" "client_ca_file" "" (fromYaml .root.Values.config) -}}
tcpSocket: {port: http}
{{- else -}}
httpGet: {path: {{ .path }}, port: http, scheme: HTTPS}
{{- end }}
{{- end }}
