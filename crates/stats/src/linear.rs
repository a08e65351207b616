//! Small symmetric systems, by Cholesky's factors with tiny pivots left out.

/// A symmetric matrix that is at least nearly positive definite, in factors.
///
/// Source: `A = L D L'` (Cholesky); a pivot below `tolerance` times its diagonal cell is left out, as in a generalised
/// inverse.
#[derive(Debug, Clone)]
pub(crate) struct Factors {
    size: usize,
    /// Below the diagonal L, on it D; 0 on the diagonal marks what was left out.
    cells: Vec<f64>,
}

impl Factors {
    /// Factors the matrix whose rows lie one after the other.
    pub(crate) fn of(matrix: &[f64], size: usize, tolerance: f64) -> Self {
        let mut cells = matrix.to_vec();
        for pivot in 0..size {
            let mut value = cells[pivot * size + pivot];
            for earlier in 0..pivot {
                let factor = cells[pivot * size + earlier];
                value -= factor * factor * cells[earlier * size + earlier];
            }
            let kept = value.is_finite() && value > tolerance * matrix[pivot * size + pivot].abs();
            cells[pivot * size + pivot] = if kept { value } else { 0.0 };
            for row in pivot + 1..size {
                let mut below = cells[row * size + pivot];
                for earlier in 0..pivot {
                    below -= cells[row * size + earlier]
                        * cells[pivot * size + earlier]
                        * cells[earlier * size + earlier];
                }
                cells[row * size + pivot] = if kept { below / value } else { 0.0 };
            }
        }
        Self { size, cells }
    }

    /// Returns the first row that was left out, because it is a combination of those before it.
    pub(crate) fn first_left_out(&self) -> Option<usize> {
        (0..self.size).find(|row| self.cells[row * self.size + row] == 0.0)
    }

    /// Returns how many rows were kept.
    pub(crate) fn rank(&self) -> usize {
        (0..self.size).filter(|row| self.cells[row * self.size + row] != 0.0).count()
    }

    /// Returns the solution of the system for a right side; 0 in rows that were left out.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let size = self.size;
        let mut solution = right.to_vec();
        for row in 0..size {
            for earlier in 0..row {
                solution[row] -= self.cells[row * size + earlier] * solution[earlier];
            }
            if self.cells[row * size + row] == 0.0 {
                solution[row] = 0.0;
            }
        }
        for (row, value) in solution.iter_mut().enumerate() {
            let pivot = self.cells[row * size + row];
            *value = if pivot == 0.0 { 0.0 } else { *value / pivot };
        }
        for row in (0..size).rev() {
            for later in row + 1..size {
                solution[row] -= self.cells[later * size + row] * solution[later];
            }
            if self.cells[row * size + row] == 0.0 {
                solution[row] = 0.0;
            }
        }
        solution
    }

    /// Returns the quadratic form of a vector with the inverse.
    pub(crate) fn inverse_form(&self, vector: &[f64]) -> f64 {
        dot(vector, &self.solve(vector))
    }

    /// Returns a row of the inverse.
    pub(crate) fn inverse_row(&self, row: usize) -> Vec<f64> {
        let mut unit = vec![0.0; self.size];
        unit[row] = 1.0;
        self.solve(&unit)
    }
}

/// Returns the sum of the products of two vectors.
pub(crate) fn dot(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(one, two)| one * two).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts() {
        let matrix = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let factors = Factors::of(&matrix, 3, 1e-12);
        let solution = factors.solve(&[1.0, 2.0, 3.0]);
        for row in 0..3 {
            let back = dot(&matrix[row * 3..row * 3 + 3], &solution);
            assert!((back - (row as f64 + 1.0)).abs() < 1e-14, "{back}");
        }
        assert_eq!(factors.rank(), 3);
    }

    #[test]
    fn leaves_out_a_row_that_repeats_another() {
        let matrix = [1.0, 2.0, 0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 9.0];
        let factors = Factors::of(&matrix, 3, 1e-12);
        assert_eq!(factors.first_left_out(), Some(1));
        assert_eq!(factors.rank(), 2);
        assert_eq!(factors.inverse_form(&[1.0, 2.0, 3.0]), 2.0);
    }
}
