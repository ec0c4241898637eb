/** What the home page needs beside the style of all pages. On a narrow screen a variable takes three lines: its name, its charts, then a cell a window. The model that is shown is not marked as a link. */
export const homeStyle = `
[aria-current]{color:inherit;font-weight:600;text-decoration:none}
#live{float:right;margin-left:1rem;color:var(--muted);font-size:.875rem}
h2{margin-top:2.5rem}
.next{font-size:.9375rem;margin-top:.75rem}
.next>[aria-hidden]{color:var(--muted)}
code{font-size:.875em;background:var(--panel);border-radius:4px;padding:.1rem .3rem;overflow-wrap:anywhere}
code span{color:inherit;white-space:nowrap}
.doubt{border-left:4px solid var(--doubt);padding-left:.75rem}
.windows{table-layout:fixed}
.windows th,.windows td{padding-right:1rem}
.windows small,th small,.others small{display:block;color:var(--muted);font-size:.8125rem;font-weight:400}
.windows .name{width:20%}
.windows .spark{width:18%}
.windows .time{height:2.25rem;margin:0}
.windows .scale{display:none}
.windows .line,.windows .dots{stroke-width:1.5}
.windows .dots{stroke-width:4}
.others{columns:16rem;padding:0 1rem;list-style:none}
.others li{break-inside:avoid;margin:.25rem 0}
.others small{display:inline}
.served small{white-space:nowrap}
.performance{max-width:40rem}
.alerts{padding:0;list-style:none}
.alerts li{margin:.4rem 0}
.alerts>li,.others,summary{overflow-wrap:anywhere}
.alerts summary{padding:.25rem .75rem;font-size:.9375rem;color:var(--muted)}
@media (max-width:40rem){
#live{float:none;display:block;margin:0}
.windows tr{display:grid;grid-template-columns:repeat(6,1fr);gap:0 .25rem;padding:.5rem 0;border-bottom:1px solid var(--rule)}
.windows th,.windows td{border:0;padding:.125rem 0;min-width:0;font-size:.8125rem;grid-column:span 2;width:auto}
.windows .badge{font-size:.75rem}
.windows tbody th{font-size:1rem;grid-column:1/-1}
.windows .spark{grid-column:span 3;width:auto;min-height:2.5rem}
.windows thead :is(.name,.spark){display:none}
}`;
