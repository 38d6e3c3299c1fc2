"""The colours of the charts, for light and dark; hues that colour-blind eyes tell apart."""

STYLE = """
:root{--s1:#2f62d9;--s2:#d9772b;--s3:#12857a;--s4:#8a55c7;--s5:#b8862b;--s6:#6b7686;
--grid:#e6e9ef;--axis:#667085;--heat:47,98,217}
@media (prefers-color-scheme:dark){:root{--s1:#7aa2ff;--s2:#f3a261;--s3:#4cc7b8;--s4:#bd97f0;
--s5:#dcb45c;--s6:#98a3b5;--grid:#273042;--axis:#98a3b5;--heat:122,162,255}}
.chart{display:block;width:100%;height:auto;overflow:visible}
.chart text{font-size:11px;fill:var(--axis);font-family:inherit;font-variant-numeric:tabular-nums}
.chart .legend{font-size:11.5px}
.chart .said{font-size:11.5px;font-weight:600;fill:var(--ink,currentColor)}
.chart .grid{stroke:var(--grid);stroke-width:1}.chart .base{stroke:var(--axis);stroke-opacity:.45}
.chart .s1{--c:var(--s1)}.chart .s2{--c:var(--s2)}.chart .s3{--c:var(--s3)}
.chart .s4{--c:var(--s4)}.chart .s5{--c:var(--s5)}.chart .s6{--c:var(--s6)}
.chart .bar,.chart .piece,.chart .key{fill:var(--c)}
.bar .bar.s2,.bar .key.s2{fill-opacity:.16;stroke:var(--c);stroke-width:1.1}
.chart .piece{stroke:var(--card,#fff);stroke-width:.8}
.chart .stroke{fill:none;stroke:var(--c);stroke-width:2.1;stroke-linejoin:round;
stroke-linecap:round}
.line .stroke.s2{stroke-dasharray:1 4.5;stroke-width:2.3}
.line .key.s2{fill-opacity:.16;stroke:var(--c);stroke-width:1.2;stroke-dasharray:1.6 2}
.chart .area{fill:var(--c);fill-opacity:.13}
.chart .dot{fill:var(--c);stroke:var(--card,#fff);stroke-width:1.4}
.chart .hover{fill:var(--axis);fill-opacity:0}.chart .hover:hover{fill-opacity:.1}
.chart .cell{fill:rgba(var(--heat),.06)}.chart .h1{fill:rgba(var(--heat),.18)}
.chart .h2{fill:rgba(var(--heat),.34)}.chart .h3{fill:rgba(var(--heat),.5)}
.chart .h4{fill:rgba(var(--heat),.66)}.chart .h5{fill:rgba(var(--heat),.82)}
.chart .h6{fill:rgb(var(--heat))}.chart .cell:hover{stroke:var(--axis);stroke-width:1.2}
.spark .stroke{stroke-width:1.8}
@media (max-width:480px){.chart text{font-size:14px}.chart .legend,.chart .said{font-size:13px}}
"""
