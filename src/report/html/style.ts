/**
 * The style of a report page. Light and dark by the reader's setting, always light on paper; one narrow column of
 * cards on a phone, A4 landscape in print. States differ by colour, by shape and by word.
 */
export const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#17202b;--soft:#5a6675;--line:#dfe3e8;--head:#eef1f4;--accent:#1f4e8c;
--up:#1b7f4d;--degraded:#9a6200;--down:#c0212b;--unreachable:#7a3fa8;--unknown:#68727e;
--up-bg:#e3f3ea;--degraded-bg:#fdf0d5;--down-bg:#fde4e5;--unreachable-bg:#f0e6f8;--unknown-bg:#eceff2;--in:#8a5a00;--out:#1f6fb2;--out-fill:#1f6fb226}
@media (prefers-color-scheme:dark){:root{--bg:#11161c;--card:#1a2129;--ink:#e6eaef;--soft:#9aa7b5;--line:#2d3742;--head:#222b35;--accent:#8fb8ee;
--up:#58c48c;--degraded:#e9b44c;--down:#ff7b80;--unreachable:#c79bf0;--unknown:#a3aebb;
--up-bg:#17362a;--degraded-bg:#3a2e12;--down-bg:#46191d;--unreachable-bg:#33214a;--unknown-bg:#29323c;--in:#e9b44c;--out:#6fb4f2;--out-fill:#6fb4f233}}
*{box-sizing:border-box}
figure{margin:0}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
a{color:var(--accent)}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px}
header,main,footer,nav{max-width:1280px;margin:0 auto;padding:0 20px}
header{padding-top:26px}
.center{margin:0;color:var(--soft);font-weight:600}
h1{margin:2px 0 10px;font-size:1.65rem;line-height:1.25;text-wrap:balance}
h2{margin:0 0 10px;font-size:1.15rem}
h3{margin:0 0 4px;font-size:.92rem;font-weight:600}
.letterhead,.signature{display:grid;grid-template-columns:2fr 3fr;gap:4px 18px;text-align:center}
.letterhead p,.signature p{margin:0}.letterhead{margin-bottom:16px}.issuer,.republic,.motto,.signer,.signername{font-weight:700}
.issuer::after,.motto::after{content:"";display:block;width:33%;margin:3px auto 6px;border-bottom:1px solid var(--ink)}.motto::after{width:55%}
.placedate,.hint{font-style:italic}.signature{max-width:1280px;margin:24px auto;padding:0 20px}.signature .hint{margin-bottom:72px;color:var(--soft)}
.recipients{text-align:left;font-style:italic;font-weight:700;font-size:.87rem}.signature ul{text-align:left;margin:0;padding-left:18px;font-size:.82rem;list-style:"- "}
.letterhead>div:first-child p:not(.number){text-transform:uppercase}.dockind{text-align:center;font-weight:700;margin:0;font-size:1.05rem}
.official h1{text-align:center}.official .facts{justify-content:center}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px 18px;margin:0 0 16px}.figures dt{color:var(--soft);font-size:.85rem;line-height:1.3}.figures dd{margin:0;font-size:1.4rem;font-weight:700;font-variant-numeric:tabular-nums}
.t-up{color:var(--up)}.t-degraded{color:var(--degraded)}.t-down{color:var(--down)}.t-unreachable{color:var(--unreachable)}.t-unknown{color:var(--unknown)}
.facts{display:flex;flex-wrap:wrap;gap:2px 26px;margin:0;font-size:.87rem}
.facts div{display:flex;gap:6px}.facts dt{color:var(--soft)}.facts dd{margin:0;font-weight:600}
nav{padding-top:14px;font-size:.9rem}nav a{margin-right:16px;display:inline-block}
section{margin:18px 0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px}
.notice{border-left:4px solid var(--degraded);background:var(--degraded-bg);padding:10px 14px;border-radius:6px;margin:18px 0 0}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:14px}
.count .total{font-size:2rem;font-weight:700;line-height:1.1;font-variant-numeric:tabular-nums}
.count .total small{font-size:.95rem;font-weight:600;color:var(--soft);margin-left:6px}
.bar{display:block;width:100%;height:10px;border-radius:5px;margin:8px 0}
.count ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:2px 14px;font-size:.87rem}
.count b{font-variant-numeric:tabular-nums}
.up,.degraded,.down,.unreachable,.unknown{white-space:nowrap;font-weight:600}
.badge{display:inline-block;padding:1px 9px 1px 7px;border-radius:99px;font-size:.86rem}
.up::before{content:"● ";content:"● "/""}.degraded::before{content:"▲ ";content:"▲ "/""}.down::before{content:"■ ";content:"■ "/""}.unreachable::before{content:"◆ ";content:"◆ "/""}.unknown::before{content:"○ ";content:"○ "/""}
.up{color:var(--up)}.degraded{color:var(--degraded)}.down{color:var(--down)}.unreachable{color:var(--unreachable)}.unknown{color:var(--unknown)}
.badge.up{background:var(--up-bg)}.badge.degraded{background:var(--degraded-bg)}.badge.down{background:var(--down-bg)}.badge.unreachable{background:var(--unreachable-bg)}.badge.unknown{background:var(--unknown-bg)}
.f-up{fill:var(--up)}.f-degraded{fill:var(--degraded)}.f-down{fill:var(--down)}.f-unreachable{fill:var(--unreachable)}.f-unknown{fill:var(--unknown)}
.s-up{stroke:var(--up)}.s-degraded{stroke:var(--degraded)}.s-down{stroke:var(--down)}.s-unreachable{stroke:var(--unreachable)}.s-unknown{stroke:var(--unknown)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.87rem}
th{position:sticky;top:0;text-align:left;background:var(--head);font-weight:600;padding:7px 9px;vertical-align:bottom;line-height:1.25}
td{padding:6px 9px;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
th.n{text-align:right}
td small,th small{display:block;color:var(--soft);font-weight:400;font-size:.92em}td small{max-width:26em}
tbody tr:hover{background:var(--head)}
.empty,.note{color:var(--soft);margin:6px 0 0;font-size:.9rem}
.good{color:var(--up);font-weight:600;margin:0}
.trend{display:block;width:124px;height:27px}
.trend .o,.chart .o{fill:none;stroke:var(--out);stroke-width:1.4}.trend .i,.chart .i{fill:none;stroke:var(--in);stroke-width:1.2}
.trend .a{fill:var(--out);opacity:.42}.chart .a{fill:var(--out-fill);stroke:none}
.strip{display:block;width:150px;height:12px;background:var(--unknown-bg)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(330px,1fr));gap:16px;margin-top:16px}
.chart svg{display:block;width:100%;height:auto}
.chart text,.map text{font:11px system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--soft)}
.chart .g{stroke:var(--line);stroke-width:1}.chart .l{stroke:var(--down);stroke-dasharray:5 4;stroke-width:1.2}
.key{font-size:.82rem;color:var(--soft)}.key i{display:inline-block;width:14px;height:3px;vertical-align:middle;margin:0 4px 0 10px}
.key .ko{background:var(--out)}.key .ki{background:var(--in)}.key .kl{background:var(--down)}
.map svg{display:block;width:100%;height:auto;max-height:820px}
.map line{stroke-width:1;opacity:.5}.map .b{stroke-dasharray:3 4;opacity:.2}.map line.bad{stroke-width:2.4;opacity:1}
.map .mark{stroke:var(--card);stroke-width:1}.map text{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}.map .name{font-weight:600;fill:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.87rem;margin:0 0 8px}
footer{color:var(--soft);font-size:.85rem;padding-bottom:40px}footer p{margin:4px 0}
@media (max-width:720px){
body{font-size:16px}header,main,footer,nav{padding-left:12px;padding-right:12px}section{padding:14px 12px;border-radius:8px}h1{font-size:1.3rem}
thead{position:absolute;left:-9999px}table,tbody,tr,td{display:block;width:100%}
tr{border:1px solid var(--line);border-radius:8px;padding:8px 10px;margin:0 0 10px}
td{border:0;padding:2px 0}td:empty,td.z{display:none!important}
.charts{grid-template-columns:1fr}.map svg{max-height:none}.map text{font-size:26px;stroke-width:6px}.map .wide{display:none}.map line{stroke-width:2}.map line.bad{stroke-width:5}.map .mark{transform-box:fill-box;transform-origin:center;transform:scale(1.9)}
.letterhead,.signature{grid-template-columns:1fr;font-size:.85rem}.letterhead>div:last-child{grid-row:1}.placedate{margin-top:4px!important}.figures{grid-template-columns:1fr 1fr}td small{display:inline;margin-left:8px;white-space:normal}}
@media print{
@page{size:A4 landscape;margin:11mm}
:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--head:#eee;--accent:#000;--up:#14663c;--degraded:#8a5600;--down:#b0141e;--unreachable:#6a2f98;--unknown:#555;--up-bg:#fff;--degraded-bg:#fff;--down-bg:#fff;--unreachable-bg:#fff;--unknown-bg:#eee;--in:#8a5a00;--out:#1f6fb2;--out-fill:#1f6fb226}
body{font-size:9.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}header,main,footer{max-width:none;padding:0}nav,.skip{display:none}.official{font-family:"Times New Roman","Liberation Serif",Tinos,serif;font-size:10.5pt}.strip{width:90px}.signature{break-inside:avoid;max-width:none;padding:0}.figures{grid-template-columns:repeat(6,1fr)}.figures dd{font-size:12pt}
section{border:0;padding:0;margin:10px 0}table{font-size:8pt}td,th{padding:2px 5px}thead{display:table-header-group}th{position:static}tr,.chart,.count{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}
.badge{padding:0;font-size:1em}#map,#map+section{break-before:page}.map{break-inside:avoid}.map svg{max-height:150mm}.vlo{display:none}}
`.trim();
