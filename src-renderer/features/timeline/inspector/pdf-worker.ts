/** The thread in which pdf.js reads documents; served beside the pages, as their policy wants it. */
import 'pdfjs-dist/build/pdf.worker.min.mjs';
