// Package ctgan has two generators that are neural networks: the conditional tabular GAN of Xu, Skoularidou, Cuesta-Infante and
// Veeramachaneni ("Modeling Tabular data using Conditional GAN", NeurIPS 2019) and the TVAE of the same paper.
//
// Preset plus sees a table in the codes of package encode, so that every cell it writes is one that the column can have. Columns that follow
// from another one are computed; the others are drawn by the generator, of which several candidates for a row are weighed by pairs of columns and by
// a judge. The presets sdv and synthcity do what those packages do, faults included, to measure them.
//
// Dimension letters: N rows, B rows of a batch, Z width of the noise, C width of the condition, D width of an encoded row, K
// codes of a column, P packs of rows.
package ctgan
