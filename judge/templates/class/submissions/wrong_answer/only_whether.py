class TheName:
    def __init__(self):
        self.numbers = set()

    def add(self, number):
        self.numbers.add(number)

    def count(self, number):
        return int(number in self.numbers)
