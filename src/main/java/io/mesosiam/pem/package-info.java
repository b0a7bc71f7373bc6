/**
 * Certificates and keys in PEM files.
 *
 * <p>In: the path of a file. Out: its certificates, or what is wrong with it and what an operator can do. The package
 * does not know which setting names a file. {@link io.mesosiam.pem.PemFiles} is the door.
 */
@NullMarked
package io.mesosiam.pem;

import org.jspecify.annotations.NullMarked;
