"""What a random-intercept model needs of the data, from sums over workshops and people.

Everything is in units of orthonormal columns Q and of the scaled residuals of least squares, side by side in one
matrix A = [Q r] with q columns. For variances s = (groups[, persons], residual), V = Σ s_i G_i and

    F = A'V⁻¹A,  P_i = A'V⁻¹G_iV⁻¹A,  Q_ij = A'V⁻¹G_iV⁻¹G_jV⁻¹A,  T_ij = tr(V⁻¹G_iV⁻¹G_j),  t_i = tr(V⁻¹G_i)

are all that likelihood, gradient, information and the small-sample corrections ask for. A group of n rows splits into
its mean, where V is s_residual + n·s_groups, and the rest, where it is s_residual: sums of outer products of group
sums, one for each distinct size, are enough, so 1,000,000 rows cost one pass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Pieces:
    """F (q, q), P (c, q, q), Q (c, c, q, q), T (c, c), t (c,), log|V|, rows n; the last of q columns is the residual."""

    F: np.ndarray
    P: np.ndarray
    Q: np.ndarray
    T: np.ndarray
    t: np.ndarray
    logdet: float
    n: int

    @property
    def p(self) -> int:
        return len(self.F) - 1

    @cached_property
    def phi(self) -> np.ndarray:
        """Covariance of the coefficients."""
        return np.linalg.inv(self.F[:-1, :-1])

    @cached_property
    def beta(self) -> np.ndarray:
        return self.phi @ self.F[:-1, -1]

    @cached_property
    def direction(self) -> np.ndarray:
        """A · direction = r − Qβ."""
        return np.append(-self.beta, 1.0)

    @property
    def rss(self) -> float:
        """(r − Qβ)'V⁻¹(r − Qβ)."""
        return float(self.F[-1, -1] - self.F[:-1, -1] @ self.beta)

    @property
    def deviance(self) -> float:
        """−2 log restricted likelihood."""
        free = (self.n - self.p) * math.log(2.0 * math.pi)
        return self.logdet - float(np.linalg.slogdet(self.phi)[1]) + self.rss + free

    @cached_property
    def traces(self) -> np.ndarray:
        """tr(P G_i P G_j) with the projection P = V⁻¹ − V⁻¹QΦQ'V⁻¹: twice the expected information."""
        inner = self.phi @ self.P[:, :-1, :-1]
        linear = np.einsum("ab,ijba->ij", self.phi, self.Q[:, :, :-1, :-1])
        return self.T - 2.0 * linear + np.einsum("iab,jba->ij", inner, inner)

    @cached_property
    def quadratics(self) -> np.ndarray:
        """y'P G_i P y."""
        return np.einsum("a,iab,b->i", self.direction, self.P, self.direction)

    @cached_property
    def double_quadratics(self) -> np.ndarray:
        """y'P G_i P G_j P y."""
        along = np.einsum("a,iab->ib", self.direction, self.P)[:, :-1]
        both = np.einsum("a,ijab,b->ij", self.direction, self.Q, self.direction)
        return both - along @ self.phi @ along.T

    @cached_property
    def gradient(self) -> np.ndarray:
        """Of the deviance, by the variances."""
        own = np.einsum("ab,iba->i", self.phi, self.P[:, :-1, :-1])
        return self.t - own - self.quadratics

    @cached_property
    def hessian(self) -> np.ndarray:
        """Of the deviance, by the variances: twice the observed information."""
        both = self.double_quadratics
        return both + both.T - self.traces


def rss_of(F: np.ndarray) -> float:
    """(r − Qβ)'V⁻¹(r − Qβ) of A'V⁻¹A."""
    return float(F[-1, -1] - F[:-1, -1] @ np.linalg.solve(F[:-1, :-1], F[:-1, -1]))


def group_means(A: np.ndarray, numbers: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Of A' (q, n): sums over a group's rows / √rows (count, q), and rows of each group (count,)."""
    size = np.bincount(numbers, minlength=count).astype(np.float64)
    sums = np.column_stack([np.bincount(numbers, row, count) for row in A])
    return sums / np.sqrt(size)[:, None], size


@dataclass(frozen=True, eq=False)
class OneLevel:
    """Sums of a model with groups only: `inner` (q, q) within groups; for each distinct size its groups' sums."""

    inner: np.ndarray
    outer: np.ndarray
    sizes: np.ndarray
    groups: np.ndarray
    n: int
    count: int
    components = 2

    @classmethod
    def of(cls, A: np.ndarray, means: np.ndarray, size: np.ndarray) -> OneLevel:
        """Of A' (q, n) and what `group_means` makes of it."""
        q, n = A.shape
        sizes, which = np.unique(size, return_inverse=True)
        outer = np.empty((len(sizes), q, q))
        if len(sizes) == 1:
            outer[0] = means.T @ means
        else:
            order = np.argsort(which, kind="stable")
            edges = np.searchsorted(which[order], np.arange(len(sizes) + 1))
            ordered = means[order]
            for k in range(len(sizes)):
                block = ordered[edges[k] : edges[k + 1]]
                outer[k] = block.T @ block
        inner = A @ A.T - outer.sum(axis=0)
        return cls(inner, outer, sizes, np.bincount(which).astype(np.float64), n, len(size))

    def weighted(self, ratios: np.ndarray) -> np.ndarray:
        """A'V⁻¹A where the residual variance is 1."""
        h = 1.0 / (1.0 + self.sizes * ratios[0])
        return np.tensordot(h, self.outer, 1) + self.inner

    def profiled(self, ratio: float, least: float) -> tuple[float, float, float]:
        """Deviance with the residual variance profiled out (up to a constant), its first and second derivative.

        What `Pieces` has for any number of variances, written out for one ratio: the search of a small fit is made of
        this. `least` is the smallest rss that is divided by.
        """
        n, N, q = self.sizes, self.groups, self.outer.shape[1]
        own = 1.0 + n * ratio
        h = 1.0 / own
        share = n * h
        weights = np.array([h, share * h, share * share * h])
        F, P, Q = (weights @ self.outer.reshape(len(n), q * q)).reshape(3, q, q)
        F += self.inner
        phi = np.linalg.inv(F[:-1, :-1])
        beta = phi @ F[:-1, -1]
        rss = max(float(F[-1, -1] - F[:-1, -1] @ beta), least)
        direction, free = np.append(-beta, 1.0), self.n - q + 1
        along, inner = P @ direction, phi @ P[:-1, :-1]
        quadratic = float(direction @ along)
        double = float(direction @ Q @ direction - along[:-1] @ phi @ along[:-1])
        traces = float(N @ share**2 - 2.0 * np.vdot(phi, Q[:-1, :-1]) + np.vdot(inner, inner.T))
        deviance = float(N @ np.log(own)) - float(np.linalg.slogdet(phi)[1]) + free * math.log(rss)
        gradient = float(N @ share) - float(inner.trace()) - free * quadratic / rss
        return deviance, gradient, free * (2.0 * double / rss - (quadratic / rss) ** 2) - traces

    def pieces(self, variances: np.ndarray) -> Pieces:
        between, residual = variances
        own = residual + self.sizes * between  # V in the direction of a group's mean
        h, n, N = 1.0 / own, self.sizes, self.groups
        rest, left = 1.0 / residual, self.n - self.count

        # F, P_groups, P_residual, Q of both, Q across, Q of residuals: all from one product
        share, square = n * h, h * h
        weights = np.array([h, share * h, square, share * share * h, share * square, square * h])
        q = self.outer.shape[1]
        F, P, P_rest, Q, cross, Q_rest = (weights @ self.outer.reshape(len(n), q * q)).reshape(6, q, q)
        P, Q = np.array([P, P_rest + rest**2 * self.inner]), np.array([[Q, cross], [cross, Q_rest]])
        Q[1, 1] += rest**3 * self.inner
        mixed = float(N @ (share * h))
        T = np.array([[float(N @ share**2), mixed], [mixed, float(N @ square) + left * rest**2]])
        t = np.array([float(N @ share), float(N @ h) + left * rest])
        logdet = float(N @ np.log(own)) + left * math.log(residual)
        return Pieces(F + rest * self.inner, P, Q, T, t, logdet, self.n)


@dataclass(frozen=True, eq=False)
class TwoLevels:
    """Sums of a model with people in groups: `means` (persons, q) are sums over a person's rows / √rows."""

    inner: np.ndarray
    means: np.ndarray
    sizes: np.ndarray
    group: np.ndarray
    n: int
    count: int
    components = 3

    @classmethod
    def of(cls, A: np.ndarray, numbers: np.ndarray, people: np.ndarray, count: int) -> TwoLevels:
        """Of A' (q, n), each row's group and person."""
        means, size = group_means(A, people, int(people.max()) + 1)
        group = np.zeros(len(size), np.intp)
        group[people] = numbers
        return cls(A @ A.T - means.T @ means, means, size, group, A.shape[1], count)

    def _sum(self, values: np.ndarray) -> np.ndarray:
        """Sums by group of a vector or of each column."""
        if values.ndim == 1:
            return np.bincount(self.group, values, self.count)
        return np.column_stack([np.bincount(self.group, v, self.count) for v in values.T])

    def weighted(self, ratios: np.ndarray) -> np.ndarray:
        """A'V⁻¹A where the residual variance is 1."""
        between, person = ratios
        weighted = self.means / (1.0 + self.sizes * person)[:, None]
        c = self._sum(self.sizes / (1.0 + self.sizes * person))
        sums = self._sum(np.sqrt(self.sizes)[:, None] * weighted)
        return (
            self.inner + self.means.T @ weighted - (sums * (between / (1.0 + between * c))[:, None]).T @ sums
        )

    def profiled(self, ratios: np.ndarray) -> float:
        """Deviance, residual variance profiled out, up to a constant: what a grid needs, and no more."""
        between, person = ratios
        own = 1.0 + self.sizes * person
        c = self._sum(self.sizes / own)
        F = self.weighted(ratios)
        whole, part = float(np.linalg.slogdet(F)[1]), float(np.linalg.slogdet(F[:-1, :-1])[1])
        logdet = float(np.log(own).sum() + np.log1p(between * c).sum())
        return logdet + part + (self.n - len(F) + 1) * (whole - part)

    def pieces(self, variances: np.ndarray) -> Pieces:
        between, person, residual = variances
        n, v = self.sizes, np.sqrt(self.sizes)
        own = residual + n * person
        E, e = 1.0 / own, v / own
        c = self._sum(v * e)
        kappa = between / (1.0 + between * c)

        def solve(M: np.ndarray) -> np.ndarray:
            """V⁻¹M in the space of people's means."""
            return E[:, None] * M - e[:, None] * (kappa[:, None] * self._sum(e[:, None] * M))[self.group]

        B = solve(self.means)
        g = self._sum(v[:, None] * B)
        sides = (v[:, None] * g[self.group], n[:, None] * B, B)
        solved = tuple(solve(M) for M in sides)
        rest, left = 1.0 / residual, self.n - len(n)
        P = np.array([g.T @ g, B.T @ (n[:, None] * B), B.T @ B + rest**2 * self.inner])
        Q = np.array([[M.T @ S for S in solved] for M in sides])
        Q[2, 2] += rest**3 * self.inner
        T, t = self._traces(E, e, c, kappa)
        T[2, 2] += left * rest**2
        t[2] += left * rest
        logdet = float(np.log(own).sum() + np.log1p(between * c).sum()) + left * math.log(residual)
        return Pieces(self.means.T @ B + rest * self.inner, P, Q, T, t, logdet, self.n)

    def _traces(
        self, E: np.ndarray, e: np.ndarray, c: np.ndarray, kappa: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        n = self.sizes
        h = 1.0 - kappa * c  # V⁻¹v = h·e
        T = np.empty((3, 3))
        T[0, 0] = float(np.sum((h * c) ** 2))
        weights = (n, np.ones_like(n))
        sums = [self._sum(e * e * M) for M in weights]
        t = np.array([float(h @ c), *(float(E @ M - kappa @ s) for M, s in zip(weights, sums, strict=True))])
        for i, M in enumerate(weights):
            T[0, i + 1] = T[i + 1, 0] = float(np.sum(h**2 * sums[i]))
            for j, other in enumerate(weights):
                middle = self._sum(e * e * E * M * other)
                T[i + 1, j + 1] = (
                    float(np.sum(E**2 * M * other)) - 2.0 * float(kappa @ middle)
                    + float(np.sum(kappa**2 * sums[i] * sums[j]))
                )  # fmt: skip
        return T, t
