/** How long to wait after failures in a row. A leaf: it knows nothing else of the product, and any stage may use it. */
@NullMarked
package io.mesosiam.backoff;

import org.jspecify.annotations.NullMarked;
