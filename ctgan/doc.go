// Package ctgan has two generators that are neural networks: the conditional tabular GAN of Xu, Skoularidou, Cuesta-Infante and
// Veeramachaneni ("Modeling Tabular data using Conditional GAN", NeurIPS 2019) and the TVAE of the same paper.
//
// Dimension letters: N rows, B rows of a batch, Z width of the noise, C width of the condition, D width of an encoded row, K
// codes of a column, P packs of rows.
package ctgan
