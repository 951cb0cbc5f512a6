/**
 * The lower triangle L with L·Lᵀ = `matrix`, or null when the matrix is not a correlation matrix
 * (not positive semi-definite). A pivot of 0 leaves its column 0: perfectly correlated is allowed.
 */
export function cholesky(matrix: readonly (readonly number[])[]): number[][] | null {
  const factor: number[][] = matrix.map((row) => row.map(() => 0));
  const at = (row: number, column: number): number => factor[row]?.[column] ?? 0;
  for (let row = 0; row < matrix.length; row++) {
    for (let column = 0; column <= row; column++) {
      let left = matrix[row]?.[column] ?? 0;
      for (let k = 0; k < column; k++) left -= at(row, k) * at(column, k);
      const target = factor[row] as number[];
      if (row === column) {
        if (left < -1e-9) return null;
        target[column] = Math.sqrt(Math.max(0, left));
      } else if (at(column, column) > 1e-9) {
        target[column] = left / at(column, column);
      } else if (Math.abs(left) > 1e-9) {
        return null;
      }
    }
  }
  return factor;
}
