// The compiled part of Asio (BOOST_ASIO_SEPARATE_COMPILATION); TLS is OpenSSL on the socket's descriptor.
#include <boost/asio/impl/src.hpp>
