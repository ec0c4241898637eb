/** What the page of the API has besides the style of all pages. */
export const docsStyle = `
code,pre,.base{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.9em}
code,.base{overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--rule);border-radius:6px;padding:.625rem .75rem;margin:.375rem 0 .75rem;overflow:auto;max-height:24rem;line-height:1.45}
pre{font-size:.8125rem}
pre :is(code,.base){font-size:1em;overflow-wrap:normal}
ol{max-width:46rem;padding-left:1.25rem}
ol li{margin:.25rem 0}
.operation{margin:.375rem 0}
.operation>summary{padding:.5rem .875rem;overflow-wrap:anywhere}
.operation>summary span{color:var(--muted);font-size:.9375rem}
.operation h3{display:block;margin:1.5rem 0 .25rem}
.operation h4{margin:.75rem 0 0;font-size:.875rem;font-weight:500;color:var(--muted)}
.body{scroll-margin-top:4rem}
.method{display:inline-block;min-width:3rem;font-size:.8125rem}
.members{margin:0;font-size:.9375rem}
.members>div{display:grid;grid-template-columns:minmax(9rem,21rem) 1fr;gap:0 1.25rem;padding:.375rem 0;border-bottom:1px solid var(--rule)}
.members>:target{background:var(--panel)}
.members dd{margin:0;overflow-wrap:anywhere}
.members small{color:var(--muted);font-size:.875rem}
.members dd small{display:block}
label{display:block;margin:.75rem 0 .25rem;font-size:.875rem;font-weight:600}
label small{font-weight:400;color:var(--muted)}
input,select,textarea,button{font:inherit;color:var(--fg);background:var(--bg);border:1px solid var(--muted);border-radius:6px;padding:.375rem .625rem;max-width:100%}
input,textarea{width:100%}
input,select{max-width:26rem}
textarea{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.8125rem;line-height:1.45;resize:vertical}
button{display:block;margin:.875rem 0 0;padding:.375rem 1.25rem;font-weight:600;cursor:pointer;background:var(--panel)}
button:disabled{cursor:progress}
.answer{margin-top:.875rem}
.status{font-weight:600}
@media (max-width:40rem){.members>div{grid-template-columns:1fr}.operation>summary span{display:block}}
`;
