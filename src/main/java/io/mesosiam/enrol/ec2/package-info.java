/**
 * The proof by an EC2 instance: the identity document that AWS signs, and what EC2 says of the instance.
 *
 * <p>In: the PKCS#7 message of the instance metadata service, AWS's certificates of each region, and answers of
 * DescribeInstances. Out: the document, if AWS signed it, and the instance as EC2 describes it. {@link
 * io.mesosiam.enrol.ec2.IdentityDocument} is the door. The package decides nothing: {@code enrol} does.
 */
@NullMarked
package io.mesosiam.enrol.ec2;

import org.jspecify.annotations.NullMarked;
