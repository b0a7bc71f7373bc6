/** Delays after consecutive failures. This package depends on no other package of the product; any stage may use it. */
@NullMarked
package io.mesosiam.backoff;

import org.jspecify.annotations.NullMarked;
