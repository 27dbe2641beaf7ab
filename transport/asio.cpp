// The compiled part of Asio (BOOST_ASIO_SEPARATE_COMPILATION). TLS is our own stream over OpenSSL, so Asio's is left
// out.
#include <boost/asio/impl/src.hpp>
